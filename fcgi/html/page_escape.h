/* SPDX-License-Identifier: MIT */
/*
 * The one way from a text to HTML. Pages show what strangers wrote: into the
 * chain, as a peer's user agent, into a search. It must neither be markup nor
 * deceive the eye.
 *
 * & < > " ' ` become references, so a text may stand in an element and in a
 * quoted attribute. Bytes that are no UTF-8 become U+FFFD; control characters
 * their pictures (U+2400...); what turns the direction of text, is invisible or
 * tags it (Unicode's bidirectional controls, zero-width marks, tag characters)
 * becomes its number in brackets, [U+202E]. Line ends stay in blocks of text; in a
 * line they are pictures, too.
 */
#ifndef QUARRY_FCGI_HTML_PAGE_ESCAPE_H
#define QUARRY_FCGI_HTML_PAGE_ESCAPE_H

#include "base/buf.h"

/* block: '\n' and '\t' stay as they are. */
void page_escape(struct buf *out, struct bytes text, bool block);
/* For a part of an address: all but letters, digits and -._~ as %XX. */
void page_escape_url(struct buf *out, struct bytes text);

#endif
