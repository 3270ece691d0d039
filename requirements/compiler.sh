#!/bin/sh
# Recompile les versions exactes et leurs empreintes depuis pyproject.toml. Aucun nom d'hôte n'entre dans les fichiers produits.
set -eu
cd "$(dirname "$0")/.."
compiler() { uv pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --quiet pyproject.toml "$@"; }
compiler --output-file requirements/production.txt
compiler --group developpement --output-file requirements/developpement.txt
