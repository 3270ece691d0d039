from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    """Le câblage : il porte les commandes qui touchent à toutes les applications (jeu de démonstration, cohérence)."""

    name = "config"
    verbose_name = "Étape"


class StatiquesConfig(StaticFilesConfig):
    """Fichiers statiques : des bibliothèques, seul ce que les pages utilisent est rassemblé et compressé."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("bootstrap-*", "bootstrap.css*", "bootstrap.rtl*", "bootstrap.js*", "bootstrap.min.js*"),
        *("bootstrap.esm*", "bootstrap.bundle.js*", "htmx-4*", "htmax-4*", "hx-*"),
    ]
