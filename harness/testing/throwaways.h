/* The databases of tests that were made from one template. */
#pragma once
#include "testing/template.h"

/* Frees those that are left; their databases go with the template's. */
void throwaways_forget(struct pgr_template *t);
