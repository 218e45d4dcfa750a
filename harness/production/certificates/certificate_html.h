/*
 * certificate.html: the page for whoever approves. One file without scripts, readable without its
 * style, in light and dark, printable on A4.
 */
#pragma once
#include "production/certificates/certificate.h"

/* Of one that was made, not read. */
bool certificate_html_write(const char *path, const struct certificate *c, struct error *e);
