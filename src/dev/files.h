/* SPDX-License-Identifier: MIT */
/* The files that the children of a development node read: an inner part of
 * setup.h. */
#ifndef QUARRY_DEV_FILES_H
#define QUARRY_DEV_FILES_H

#include "dev/setup.h"

/* quarry.conf, nginx's configuration from the shipped template, and where
 * quarry.fcgi's socket will be. */
NODISCARD enum status files_write(struct setup *s, const struct dev_options *o,
				  char error[SETUP_ERROR_SIZE]);

#endif
