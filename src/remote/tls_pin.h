/* SPDX-License-Identifier: MIT */
/*
 * The pin of a TLS key: "sha256//" and the base64 of the SHA-256 of a
 * certificate's SubjectPublicKeyInfo (RFC 7469), as libcurl takes it.
 */
#ifndef QUARRY_REMOTE_TLS_PIN_H
#define QUARRY_REMOTE_TLS_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/status.h"

#define TLS_PIN_SIZE 64

/* Of one certificate in DER (RFC 5280). Nothing of it is believed: only the
 * place of the key is found. */
NODISCARD bool tls_pin_of_der(char pin[TLS_PIN_SIZE], struct bytes der);
/* Of the first certificate in PEM text. */
NODISCARD bool tls_pin_of_pem(char pin[TLS_PIN_SIZE], const char *pem, size_t len);
/* "sha256//" and 44 characters of base64. */
bool tls_pin_is_wellformed(const char *pin);

#endif
