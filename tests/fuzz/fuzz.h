/* SPDX-License-Identifier: MIT */
/*
 * What every fuzz target includes.
 *
 * A target is one function over hostile bytes. It feeds them to a parser and
 * checks what must hold for any input with BUG_ON(): decode, encode, decode
 * again is equal; lengths stay within their bounds. The same source makes two
 * programs: with --enable-fuzz a libFuzzer binary, else a test that replays
 * tests/fuzz/corpus/NAME (tests/fuzz/replay.c).
 */
#ifndef QUARRY_TESTS_FUZZ_FUZZ_H
#define QUARRY_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"

/* Takes any len bytes; returns 0. Must not depend on earlier calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
