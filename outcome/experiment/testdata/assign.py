# The draws of package experiment once more, with Python's hashlib alone.
# Prints the arms, by index, of the first 12 sessions of "listener-1" in the design
# of TestAssignStays. Python 3.11 and later print 212010120201.
import hashlib
import struct

SALT, ID, BASE = "0123456789abcdef", "steps-or-jump", [0, 1, 2]


class Coin:
    def __init__(self, *parts):
        h = hashlib.sha256()
        for p in ("segue experiment 1", SALT, ID, *parts):
            b = p.encode()
            h.update(struct.pack(">Q", len(b)) + b)
        self.key, self.counter, self.words = h.digest(), 0, []

    def next(self):
        if not self.words:
            block = hashlib.sha256(self.key + struct.pack(">Q", self.counter)).digest()
            self.counter += 1
            self.words = list(struct.unpack(">4Q", block))
        return self.words.pop(0)

    def below(self, n):
        while True:
            product = self.next() * n
            hi, lo = product >> 64, product & (2**64 - 1)
            if lo >= (2**64 - n) % n:
                return hi


out, block = [], 0
while len(out) < 12:
    coin = Coin("block", "listener-1", str(block))
    order = BASE * (1 + coin.below(3))
    for i in range(len(order) - 1, 0, -1):
        j = coin.below(i + 1)
        order[i], order[j] = order[j], order[i]
    out, block = out + order, block + 1
print("".join(map(str, out[:12])))
