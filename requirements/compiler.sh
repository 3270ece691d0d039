#!/bin/sh
# Recompile les versions exactes et leurs empreintes depuis pyproject.toml. Aucun nom d'hôte n'entre dans les fichiers produits.
set -eu
cd "$(dirname "$0")/.."
compiler() { uv pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --quiet "$@"; }
compiler pyproject.toml --output-file requirements/production.txt
compiler pyproject.toml --group developpement --output-file requirements/developpement.txt
# S'ajoute à l'environnement de développement : mêmes versions pour ce qu'ils ont en commun.
compiler --group mutations --constraints requirements/developpement.txt --output-file requirements/mutations.txt
