"""Mesures de vitesse : `python bench/pages.py`."""
