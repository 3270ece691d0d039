# Étape : une seule image pour le site, le worker et beat (voir docker-compose.yml).
FROM python:3.12-slim

# Pango dessine le texte des PDF.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONUTF8=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /etape

COPY requirements/production.txt requirements/
RUN pip install --require-hashes --requirement requirements/production.txt

COPY . .

# Les fichiers statiques sont dans l'image ; ni base ni clé véritable ne servent à les rassembler.
RUN DATABASE_URL=postgresql:// REDIS_URL=redis:// ETAPE_CLE_SECRETE=construction ETAPE_DONNEES=/tmp/construction \
    python manage.py collectstatic --no-input --verbosity 0

# Un compte sans droits ; il n'écrit que dans le volume des fichiers.
RUN useradd --system --uid 10001 --home-dir /donnees etape && install --directory --owner etape /donnees
USER etape
ENV ETAPE_DONNEES=/donnees
VOLUME /donnees

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["bin/sonde"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
