// Package account holds the rules of signing in where Segue serves several
// people: what a password and a sign-in name must be, how long a login lasts, what
// a role and an API token may do, how often somebody may try, and passkeys. It
// keeps nothing and speaks to no network: package store keeps, package web asks.
//
// What it stands on, cited where used: NIST SP 800-63B-4 (2025), OWASP ASVS 5.0,
// the OWASP Password Storage Cheat Sheet, RFC 9106 (Argon2), W3C WebAuthn Level 3.
//
// Nothing secret is to be stored. A password is kept as Hasher.Hash's text, the
// secret of a cookie, an invitation or a token as HashSecret's, and a passkey is a
// public key. No error of this package holds a password, a name or a secret.
//
// Time is passed in. A clock that jumps is dealt with at Lifetimes and Guard.
package account
