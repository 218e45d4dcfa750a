/* What a plugin's check looks with: the other side of struct pgr_look. */
#pragma once
#include "pgrehearse/plugin.h"

#include "rules/rule.h"

/* Lets the plugin's `check` look; false with the error set if it could not. */
bool guest_look(void (*check)(struct pgr_look *), struct rule_look *look, struct error *e);
