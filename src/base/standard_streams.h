/* Standard input, output and error are open, so that no other file gets their numbers. */
#pragma once

/*
 * To be called first of all. A closed one becomes /dev/null the wrong way round: reading or writing
 * fails as it would have, instead of reaching whatever happened to get its number.
 */
void standard_streams_open(void);
