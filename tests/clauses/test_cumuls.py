"""Les cumuls disent toujours ce que disent les relevés."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from clauses.cumuls import ecarts, recalculer_cumuls, recalculer_tous
from clauses.models import CumulMensuel, EtatReleve, NatureHeures, ReleveHeures
from tests.fabriques import AffectationFactory, EngagementFactory, ReleveHeuresFactory

AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)


def _releve(affectation, heures, etat=EtatReleve.VALIDE, mois=AVRIL, nature=NatureHeures.TRAVAIL):
    motif = "Heures d’un autre chantier" if etat == EtatReleve.REFUSE else ""
    return ReleveHeuresFactory(
        affectation=affectation, heures=Decimal(heures), etat=etat, mois=mois, nature=nature, motif=motif
    )


@pytest.mark.django_db
def test_un_cumul_separe_les_etats_et_la_formation():
    """Validées (dont formation), en attente et refusées se comptent à part, par engagement et par mois."""
    engagement = EngagementFactory()
    a, b = AffectationFactory.create_batch(2, engagement=engagement)
    _releve(a, "100")
    _releve(a, "14.5", nature=NatureHeures.FORMATION)
    _releve(b, "30", EtatReleve.DECLARE)
    _releve(b, "12", EtatReleve.VERIFIE, mois=MAI)
    _releve(a, "8", EtatReleve.RECTIFIE, mois=MAI)
    _releve(b, "7", EtatReleve.REFUSE, nature=NatureHeures.FORMATION)
    recalculer_cumuls(engagements=[engagement], mois=[AVRIL, MAI])
    avril = CumulMensuel.objects.get(engagement=engagement, mois=AVRIL)
    assert avril.validees_heures == Decimal("114.5")
    assert avril.formation_validees_heures == Decimal("14.5")
    assert (avril.en_attente_heures, avril.en_attente_nombre) == (Decimal(30), 1)
    assert avril.refusees_heures == Decimal(7)
    mai = CumulMensuel.objects.get(engagement=engagement, mois=MAI)
    assert (mai.validees_heures, mai.en_attente_heures, mai.en_attente_nombre) == (Decimal(0), Decimal(20), 2)


@pytest.mark.django_db
def test_un_mois_sans_releve_n_a_plus_de_cumul():
    """Quand le dernier relevé d'un mois disparaît, son cumul disparaît, et lui seul."""
    affectation = AffectationFactory()
    _releve(affectation, "50", mois=MAI)
    dernier = _releve(affectation, "100")
    recalculer_tous()
    assert CumulMensuel.objects.count() == 2
    dernier.delete()
    recalculer_cumuls(engagements=[affectation.engagement_id], mois=[AVRIL, MAI])
    assert list(CumulMensuel.objects.values_list("mois", flat=True)) == [MAI]


@pytest.mark.django_db
def test_ecarts_nomme_chaque_copie_fausse_absente_ou_en_trop():
    """La comparaison voit une valeur fausse, une ligne absente et une ligne de trop ; un recalcul efface les trois."""
    fausse, absente, en_trop = (AffectationFactory() for _ in range(3))
    _releve(fausse, "100")
    recalculer_tous()
    assert ecarts() == []
    CumulMensuel.objects.update(validees_heures=Decimal(99))
    _releve(absente, "40", EtatReleve.DECLARE)
    CumulMensuel.objects.create(engagement=en_trop.engagement, mois=MAI, validees_heures=Decimal(5))
    vus = {ecart.engagement_id: ecart for ecart in ecarts()}
    assert vus.keys() == {fausse.engagement_id, absente.engagement_id, en_trop.engagement_id}
    assert vus[fausse.engagement_id].copie["validees_heures"] == Decimal(99)
    assert vus[fausse.engagement_id].releves["validees_heures"] == Decimal(100)
    assert vus[absente.engagement_id].copie is None
    assert vus[absente.engagement_id].releves["en_attente_nombre"] == 1
    assert vus[en_trop.engagement_id].releves is None
    recalculer_tous()
    assert ecarts() == []


@pytest.mark.django_db
def test_le_recalcul_ne_touche_que_les_mois_demandes(nombre_de_requetes):
    """Six ordres SQL suffisent, quel que soit le nombre de relevés, et les autres mois restent tels quels."""
    affectation = AffectationFactory()
    autre = AffectationFactory()
    for a in (affectation, autre):
        _releve(a, "10")
        _releve(a, "20", mois=MAI)
    with nombre_de_requetes() as requetes:
        recalculer_cumuls(engagements=[affectation.engagement_id], mois=[MAI])
    assert len([r for r in requetes if "SAVEPOINT" not in r["sql"]]) == 6
    assert list(CumulMensuel.objects.values_list("engagement", "mois")) == [(affectation.engagement_id, MAI)]


@pytest.mark.django_db(transaction=True)
def test_deux_saisies_simultanees_sur_un_engagement_s_additionnent():
    """La seconde transaction attend la première et compte ce qu'elle a écrit : aucune heure ne se perd."""
    affectation = AffectationFactory()
    suite = AffectationFactory(engagement=affectation.engagement)
    premiere_ecrite, seconde_partie = threading.Event(), threading.Event()

    def ecrire_la_seconde():
        try:
            premiere_ecrite.wait(10)
            with transaction.atomic():
                _releve(suite, "20")
                seconde_partie.set()
                recalculer_cumuls(engagements=[suite.engagement_id], mois=[AVRIL])
        finally:
            connection.close()

    fil = threading.Thread(target=ecrire_la_seconde)
    fil.start()
    with transaction.atomic():
        _releve(affectation, "100")
        recalculer_cumuls(engagements=[affectation.engagement_id], mois=[AVRIL])
        premiere_ecrite.set()
        assert seconde_partie.wait(10)
    fil.join(10)
    assert not fil.is_alive()
    assert ReleveHeures.objects.count() == 2
    assert CumulMensuel.objects.get().validees_heures == Decimal(120)
