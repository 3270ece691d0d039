from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Le câblage : il porte les commandes qui touchent à toutes les applications (jeu de démonstration, cohérence)."""

    name = "config"
    verbose_name = "Étape"
