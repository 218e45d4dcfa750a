/*
 * Paths as a pipeline knows them: relative to the root of the repository, so that an annotation
 * lands on the line of the change.
 */
#pragma once

/*
 * The path of `file`, which may be relative to the working directory, from the root of the
 * repository: the pipeline's workspace if a repository is checked out there, else the nearest
 * folder above the file that holds `.git`, else the workspace, else the working directory. What
 * lies outside all of these keeps its absolute path; a file that does not exist keeps its name. To
 * be freed.
 */
char *repository_path(const char *file);
