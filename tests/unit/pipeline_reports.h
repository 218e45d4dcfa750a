/* Reports that only a pipeline gets, and the files that they are written to. */
#pragma once

static const struct {
    const char *reporter, *file;
} pipeline_reports[] = {
    {"github", "github.txt"},
    {"azure", "azure.txt"},
    {"teamcity", "teamcity.txt"},
    {"markdown", "summary.md"},
    {"sarif", "report.sarif"},
    {"code-quality", "code-quality.json"},
    {"junit-strict", "junit-strict.xml"},
};
enum { PIPELINE_REPORTS = sizeof pipeline_reports / sizeof *pipeline_reports };
