/* What the public headers share. Everything public begins with pgr_ or PGR_. */
#pragma once

#ifdef __cplusplus
#define PGR_API extern "C" __attribute__((visibility("default")))
#else
#define PGR_API __attribute__((visibility("default")))
#endif
