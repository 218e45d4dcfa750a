#!/usr/bin/python3
"""Fills the two core tables, as the quickstart page's step 5.1 asks for.

    generate_test_data.py --database NAME --repositories 100 --chunks-per-repo 100

Connects as libpq's environment says (PGHOST, PGUSER, ...). One COPY for each table, fed as it goes.
"""
import argparse
import io
import random
import uuid

import psycopg2

DIMENSIONS = 768


class Lines(io.TextIOBase):
    """Lets COPY read from a generator of lines, without holding them all."""

    def __init__(self, lines):
        self.lines = lines
        self.rest = ""

    def read(self, size=-1):
        parts = [self.rest]
        length = len(self.rest)
        while size < 0 or length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        if size < 0:
            size = len(text)
        self.rest = text[size:]
        return text[:size]


def repositories(ids):
    for number, repository in enumerate(ids):
        yield f"{repository}\t/test/repository-{number}\t2025-10-11 09:00:00+00\n"


def chunks(ids, per_repository, rng):
    for repository in ids:
        for number in range(per_repository):
            embedding = ",".join(["%.4f" % rng.uniform(-1, 1) for _ in range(DIMENSIONS)])
            yield (f"{repository}\tsrc/module_{number}.py\tdef function_{number}(): pass\t"
                   f"{number * 10 + 1}\t{number * 10 + 9}\t[{embedding}]\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--repositories", type=int, default=100)
    parser.add_argument("--chunks-per-repo", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    ids = [uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(arguments.repositories)]
    with psycopg2.connect(dbname=arguments.database) as connection, connection.cursor() as cursor:
        cursor.copy_expert("COPY repositories (id, path, indexed_at) FROM STDIN",
                           Lines(repositories(ids)))
        cursor.copy_expert(
            "COPY code_chunks (repository_id, file_path, content, start_line, end_line, embedding)"
            " FROM STDIN", Lines(chunks(ids, arguments.chunks_per_repo, rng)))
    connection.close()


if __name__ == "__main__":
    main()
