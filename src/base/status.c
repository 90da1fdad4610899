/* SPDX-License-Identifier: MIT */
#include "base/status.h"

const char *status_text(enum status st)
{
	switch (st) {
	case ST_OK:
		return "ok";
	case ST_NOT_FOUND:
		return "not found";
	case ST_BUSY:
		return "busy, try again";
	case ST_STALE:
		return "the chain moved on, try again";
	case ST_CANCELLED:
		return "stopped on request";
	case ST_TIMEOUT:
		return "out of time";
	case ST_IO:
		return "input or output failed";
	case ST_FULL:
		return "no space left";
	case ST_CORRUPT:
		return "stored data is damaged";
	case ST_NOMEM:
		return "out of memory";
	case ST_TOO_BIG:
		return "too large";
	case ST_PARSE:
		return "not well formed";
	case ST_DENIED:
		return "not permitted";
	case ST_VERSION:
		return "unknown database version";
	case ST_REMOTE:
		return "the other side failed";
	case ST_USAGE:
		return "wrong usage";
	}
	return "unknown status";
}
