#!/usr/bin/env python3
"""Reads an exposition with the strict parsers of the Prometheus client library.

usage: check_exposition.py text|openmetrics FILE

Prints how many families and samples there are. Exits with 1 if the text is not valid, if a series
occurs twice, or if a histogram's buckets and count contradict each other.
"""

import math
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

PARSERS = {"text": parse_text, "openmetrics": parse_openmetrics}


def series_twice(families):
    seen = set()
    for family in families:
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            if key in seen:
                yield f"{sample.name}{sample.labels} occurs twice"
            seen.add(key)


def families_twice(families):
    seen = set()
    for family in families:
        if family.name in seen:
            yield f"family {family.name} occurs twice"
        seen.add(family.name)


def undescribed(families):
    for family in families:
        if not family.documentation or family.type in ("unknown", "untyped"):
            yield f"family {family.name} has no HELP or no TYPE"


def histograms(families):
    """Per histogram series: its buckets by bound, and its count."""
    for family in families:
        if family.type != "histogram":
            continue
        found = {}
        for sample in family.samples:
            labels = {k: v for k, v in sample.labels.items() if k != "le"}
            buckets, counts = found.setdefault(tuple(sorted(labels.items())), ({}, []))
            if sample.name.endswith("_bucket"):
                buckets[float(sample.labels["le"])] = sample.value
            elif sample.name.endswith("_count"):
                counts.append(sample.value)
        for labels, (buckets, counts) in found.items():
            yield f"{family.name}{dict(labels)}", buckets, counts


def contradictions(families):
    for name, buckets, counts in histograms(families):
        values = [buckets[bound] for bound in sorted(buckets)]
        if values != sorted(values):
            yield f"{name}: buckets decrease"
        if counts != [buckets.get(math.inf)]:
            yield f"{name}: count {counts} is not the +Inf bucket {buckets.get(math.inf)}"


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in PARSERS:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        text = file.read()
    try:
        families = list(PARSERS[sys.argv[1]](text))
    except Exception as error:  # the parsers raise many kinds
        sys.exit(f"{sys.argv[1]}: {type(error).__name__}: {error}")
    checks = (families_twice, series_twice, undescribed, contradictions)
    problems = [problem for check in checks for problem in check(families)]
    if problems:
        sys.exit("\n".join(problems))
    samples = sum(len(family.samples) for family in families)
    print(f"{sys.argv[1]}: {len(families)} families, {samples} samples")


if __name__ == "__main__":
    main()
