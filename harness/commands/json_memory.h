/*
 * jansson takes a want of memory for a mistake in what it reads, or writes less. With this, called
 * once before anything is read, it ends the program as our own want of memory does.
 */
#pragma once

void json_memory_is_ours(void);
