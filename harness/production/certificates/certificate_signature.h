/*
 * A certificate's signature: a file PATH.sig beside it, made and checked by ssh-keygen (manual page
 * ssh-keygen(1), -Y; OpenSSH's PROTOCOL.sshsig) in the namespace "pgrehearse".
 */
#pragma once
#include "production/certificates/certificate_compare.h"

/*
 * Signs the file at `path` with the private key, or with the agent's key where `key` is a public
 * one. Never asks: a key with a passphrase has to be in an agent. ERROR_USAGE for a key that is
 * none, ERROR_UNAVAILABLE where there is no ssh-keygen.
 */
bool certificate_sign(const char *path, const char *key, const struct cancel *cancel,
                      struct error *e);

/* Whether the key signs, tried on nothing; the same errors. */
bool certificate_check_key(const char *key, const struct cancel *cancel, struct error *e);

/*
 * Adds a point: signed by whom, or what is wrong. `signers` is a file of allowed signers
 * (ssh-keygen(1), ALLOWED SIGNERS); NULL: only whether the signature fits the file. With `signers`
 * a missing signature is a difference. False only if it could not be checked.
 */
bool certificate_check_signature(const char *path, const char *signers, const struct cancel *cancel,
                                 struct certificate_differences *d, struct error *e);
