"""La rigueur des tests eux-mêmes : une variable oubliée ou un instant pris pour une date fait échouer."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import models
from django.template import engines

from config.celery import app


def rendre(gabarit: str, **contexte) -> str:
    return engines["django"].from_string(gabarit).render(contexte)


def test_une_variable_inconnue_fait_echouer():
    """Une faute de frappe dans un gabarit ne peut pas passer pour un champ vide."""
    with pytest.raises(pytest.fail.Exception, match=r"« personne[.]nomm »"):
        rendre("{{ personne.nomm }}", personne={"nom": "Luna"})


def test_une_variable_vide_ou_testee_ne_fait_pas_echouer():
    """Une valeur vide s'affiche vide, et {% if %} peut demander si une variable existe."""
    assert rendre("{{ nom }}{% if absente %}oui{% else %}non{% endif %}", nom="") == "non"


def test_un_instant_dans_un_champ_de_date_fait_echouer():
    """Une date lue dans un instant dépend du fuseau horaire : elle se calcule avant, et se voit."""
    champ = models.DateField(name="date_debut")
    assert champ.get_prep_value(dt.date(2026, 3, 31)) == dt.date(2026, 3, 31)
    with pytest.raises(pytest.fail.Exception, match="date_debut"):
        champ.get_prep_value(dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC))
    assert models.DateTimeField().get_prep_value(dt.datetime(2026, 3, 31, tzinfo=dt.UTC)).day == 31


def test_celery_immediat_execute_sur_place(celery_immediat):
    """Avec cette fixture, une tâche envoyée s'exécute aussitôt, et son erreur remonte au test."""

    @app.task(name="tests.double")
    def double(nombre):
        return 2 * nombre

    try:
        assert double.delay(21).get() == 42
        with pytest.raises(TypeError):
            double.delay(None)
    finally:
        del app.tasks["tests.double"]


def test_la_file_des_taches_est_propre_au_lancement():
    """Deux lancements à la fois ne se prennent pas leurs tâches : chacun préfixe ses clés dans la file."""
    assert app.conf.broker_transport_options["global_keyprefix"] == f"essai-{settings.ESSAI}:"
