/* Passwords on the command line, out of sight of everybody who lists the processes. */
#pragma once

/*
 * A copy of argv for the program to work with; in the original, which ps shows, the password of
 * every connection URL and of every key=value string becomes stars, and so does the path of every
 * http URL: that of a webhook is a secret too. The copy is one piece of memory, which the caller
 * frees.
 */
const char **hidden_arguments(int argc, char **argv);

/*
 * The same, in place, for a message that may quote such an argument: a URL that was given where
 * none belongs. It hides rather too much than too little.
 */
void hide_quoted_arguments(char *message);
