"""Ce qu'Étape demande au système : les bibliothèques Pango (PDF) et, pour les essais, le navigateur Chromium."""

import ctypes.util
import os
import shutil
import subprocess

PAQUETS_PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
NOMS_PANGO = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0"]
# Le même moteur sans fenêtre d'abord, s'il est là : un essai y coûte un tiers de calcul de moins.
NAVIGATEURS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
PAQUETS_CHROMIUM = ["chromium-headless-shell", "chromium"]  # le premier manque à certaines distributions


class ManqueAuSysteme(RuntimeError):
    """Il manque quelque chose qu'Étape ne peut pas installer seule ; le message dit quoi."""


def assurer_pango() -> None:
    """Installe les bibliothèques dont WeasyPrint a besoin si elles manquent et si c'est permis."""
    if pango_est_la():
        return
    _installer("les bibliothèques Pango, pour les PDF", PAQUETS_PANGO)
    if not pango_est_la():
        raise ManqueAuSysteme(_phrase("les bibliothèques Pango, pour les PDF", PAQUETS_PANGO))


def pango_est_la() -> bool:
    """Essaie d'ouvrir les bibliothèques comme le fait WeasyPrint, en commençant par leur nom sous Linux."""
    return all(
        _ouvrir(nom) or _ouvrir(ctypes.util.find_library(nom.removeprefix("lib").split(".so")[0])) for nom in NOMS_PANGO
    )


def assurer_chromium() -> str:
    """Donne le chemin de Chromium, en l'installant s'il manque et si c'est permis."""
    if chemin := chercher_chromium():
        return chemin
    for paquet in PAQUETS_CHROMIUM:
        _installer("Chromium, pour les essais dans un navigateur", [paquet])
        if chemin := chercher_chromium():
            return chemin
    raise ManqueAuSysteme(_phrase("Chromium, pour les essais dans un navigateur", ["chromium"]))


def chercher_chromium() -> str | None:
    """Donne le navigateur désigné par CHROMIUM, sinon le premier que la machine connaît."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAVIGATEURS)), None)


def _ouvrir(nom: str | None) -> bool:
    try:
        return bool(nom and ctypes.CDLL(nom))
    except OSError:
        return False


def _installer(quoi: str, paquets: list[str]) -> None:
    """Installe des paquets Debian si l'on est root ; un refus se dit par la phrase de l'appelant."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"· Installation de {quoi}", flush=True)  # noqa: T201
    environnement = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    installation = ["install", "-y", "--no-install-recommends", *paquets]
    for action in (["update"], installation):
        subprocess.run(
            ["apt-get", "-qq", *action],  # noqa: S607
            check=False,
            env=environnement,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _phrase(quoi: str, paquets: list[str]) -> str:
    return f"Il manque {quoi}. Installez-les avec : apt-get install {' '.join(paquets)}"
