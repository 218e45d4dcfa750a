/*
 * Functions that nobody in this project may call, made a build failure. Included before every
 * source file by the build itself.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok system gets atoi atof
