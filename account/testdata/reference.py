"""Writes argon2.json: reference hashes by argon2-cffi 25.1.0 (argon2-cffi-bindings
26.2.0, which holds the reference C implementation), for password_test.go.

    pip install argon2-cffi==25.1.0 && python reference.py > argon2.json
"""
import json

from argon2.low_level import hash_secret, Type

cases = [
    ("correct horse battery staple", b"0123456789abcdef", 19456, 2, 1, 32),
    ("một giờ nhạc của riêng tôi", bytes(range(16)), 47104, 1, 1, 32),
    ("a", b"saltsalt", 8, 1, 1, 16),
    ("lanes and odd memory", b"sixteen byte slt", 1027, 3, 4, 64),
]
print(json.dumps([
    {"password": p, "phc": hash_secret(p.encode(), salt, t, m, lanes, n, Type.ID).decode()}
    for p, salt, m, t, lanes, n in cases
], ensure_ascii=False, indent=1))
