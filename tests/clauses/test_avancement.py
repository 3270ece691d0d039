"""Où en sont les heures d'un engagement, d'un lot, d'un marché, d'une opération."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.avancement import (
    additionner,
    avancements_des_engagements,
    avancements_par_operation,
    courbe_mensuelle,
    par_titulaire,
    totaliser,
)
from clauses.models import CumulMensuel, Engagement, RoleTitulaire
from clauses.regles.rythme import CodeRythme
from tests.fabriques import EngagementFactory, LotFactory, MarcheFactory, OperationFactory, RegleClauseFactory

pytestmark = pytest.mark.django_db

# Du 1er janvier au 31 décembre 2027 : 365 jours. Au 14 mars, 73 jours sont passés, un cinquième de l'année.
AN_2027 = {"date_debut": date(2027, 1, 1), "date_fin": date(2027, 12, 31)}
UN_CINQUIEME = date(2027, 3, 14)


def engagement(heures=1000, lot=None, **champs):
    lot = lot or LotFactory(**AN_2027)
    return EngagementFactory(titulaire__lot=lot, heures_initiales=Decimal(heures), **champs)


def cumul(engagement, mois, validees=0, en_attente=0, refusees=0, formation=0, nombre=0):
    return CumulMensuel.objects.create(
        engagement=engagement,
        mois=mois,
        validees_heures=validees,
        en_attente_heures=en_attente,
        refusees_heures=refusees,
        formation_validees_heures=formation,
        en_attente_nombre=nombre,
        etp_heures=validees,
        en_attente_comptees_heures=en_attente,
    )


def mesure(jour=UN_CINQUIEME):
    return totaliser(avancements_des_engagements(Engagement.objects.all(), jour=jour))


def test_additionne_les_mois_jusqu_au_jour_demande():
    """Les heures d'un mois qui suit la date d'arrêté ne sont pas comptées."""
    e = engagement()
    cumul(e, date(2027, 1, 1), validees=100, refusees=8, formation=14)
    cumul(e, date(2027, 3, 1), validees=50, en_attente=60, nombre=2)
    cumul(e, date(2027, 4, 1), validees=999)
    a = mesure()
    assert (a.dues, a.validees, a.en_attente, a.refusees) == (1000, 150, 60, 8)
    assert (a.formation_validees, a.en_attente_nombre) == (14, 2)
    assert (a.declarees, a.restantes, a.pourcentage) == (218, 850, 15)


def test_a_la_fin_il_manque_ce_que_chaque_titulaire_doit_encore():
    """1 000 h dues deux fois, 1 012 et 900 validées : à mi-course il manque l'écart à l'attendu ; finies, 100 h et non 88."""
    un, autre = engagement(), engagement()
    cumul(un, date(2027, 1, 1), validees=1012)
    cumul(autre, date(2027, 1, 1), validees=900)
    finies = mesure(date(2030, 12, 31))
    assert (finies.attendues, finies.validees, finies.restantes, finies.manque_au_jour) == (2000, 1912, 100, 100)
    CumulMensuel.objects.all().delete()
    assert mesure().manque_au_jour == mesure().attendues < 2000


def test_attend_la_part_du_calendrier_et_juge_le_rythme():
    """Un cinquième de l'année : 200 h attendues sur 1 000 ; 150 validées et 60 à vérifier tiennent le rythme."""
    e = engagement()
    cumul(e, date(2027, 1, 1), validees=150, en_attente=60)
    a = mesure()
    assert a.attendues == 200
    assert a.rythme.code == CodeRythme.RYTHME
    assert a.rythme.ecart_heures == -50


def test_un_engagement_sans_heures_est_en_retard_et_complet():
    """Sans aucun cumul, chaque nombre est zéro et le retard se dit."""
    engagement()
    a = mesure()
    assert (a.validees, a.declarees, a.restantes, a.etp) == (0, 0, 1000, 0)
    assert a.rythme.libelle == "En retard de 200\u00a0h"


@pytest.mark.parametrize(
    ("lot", "marche", "operation", "attendues"),
    [
        (AN_2027, {}, {}, 200),
        ({}, AN_2027, {}, 200),
        ({"date_debut": date(2027, 1, 1)}, {"date_fin": date(2027, 12, 31)}, {}, 200),
        ({}, {}, AN_2027, 200),
        ({}, {}, {"date_debut": date(2027, 1, 1), "date_fin": None}, None),
        # Un lot qui commencerait après la fin de son marché : dates à compléter, pas une erreur.
        ({"date_debut": date(2028, 1, 1)}, AN_2027, {}, None),
    ],
)
def test_la_periode_est_celle_du_lot_sinon_du_marche_sinon_de_l_operation(lot, marche, operation, attendues):
    """Chaque borne qui manque se cherche à l'étage au-dessus."""
    sans = {"date_debut": None, "date_fin": None}
    loin = {"date_debut": date(2020, 1, 1), "date_fin": None}
    engagement(
        lot=LotFactory(
            **{**sans, **lot},
            marche=MarcheFactory(
                **{**sans, **marche, "date_attribution": None, "date_notification": None},
                operation=OperationFactory(**(operation or loin)),
            ),
        )
    )
    a = mesure()
    assert a.attendues == attendues
    assert (a.rythme.code == CodeRythme.A_COMPLETER) == (attendues is None)


def test_l_attendu_d_un_total_est_la_somme_des_attendus():
    """Un lot à un cinquième de sa durée (200 h) et un lot fini (300 h) font 500 h attendues, non une part de 1 300 h."""
    engagement()
    engagement(heures=300, lot=LotFactory(date_debut=date(2026, 1, 1), date_fin=date(2026, 12, 31)))
    a = mesure()
    assert (a.dues, a.attendues) == (1300, 500)


def test_un_sous_traitant_compte_pour_le_lot_et_pour_son_donneur_d_ordre():
    """Un sous-traitant qui ne doit rien (0 h) fait avancer son donneur d'ordre, pas l'autre titulaire."""
    lot = LotFactory(**AN_2027)
    mandataire = engagement(1000, lot, titulaire__role=RoleTitulaire.MANDATAIRE)
    cotraitant = engagement(500, lot, titulaire__role=RoleTitulaire.COTRAITANT)
    sous_traitant = engagement(
        0, lot, titulaire__role=RoleTitulaire.SOUS_TRAITANT, titulaire__donneur_ordre=mandataire.titulaire
    )
    cumul(mandataire, date(2027, 1, 1), validees=100)
    cumul(cotraitant, date(2027, 1, 1), validees=20)
    cumul(sous_traitant, date(2027, 1, 1), validees=140)
    lignes = avancements_des_engagements(Engagement.objects.all(), jour=UN_CINQUIEME)
    assert totaliser(lignes).validees == 260
    groupes = par_titulaire(lignes)
    assert [(g.titulaire, g.avancement.dues, g.avancement.validees) for g in groupes] == [
        (mandataire.titulaire, 1000, 240),
        (cotraitant.titulaire, 500, 20),
    ]
    assert groupes[0].sous_traitants == (sous_traitant.titulaire,)
    assert groupes[0].avancement.rythme.code == CodeRythme.RYTHME


def test_les_lots_se_suivent_dans_l_ordre_des_nombres():
    """Le lot 10 vient après le lot 2, et le lot 2A entre les deux."""
    marche = MarcheFactory()
    for numero in ("10", "2A", "2", "1"):
        engagement(lot=LotFactory(marche=marche, numero=numero))
    lignes = avancements_des_engagements(Engagement.objects.all(), jour=UN_CINQUIEME)
    assert [ligne.lot.numero for ligne in lignes] == ["1", "2", "2A", "10"]


def test_les_etp_suivent_le_diviseur_de_chaque_marche():
    """1 607 h à 1 607 h par ETP et 1 820 h à 1 820 h font deux ETP ; un total à deux diviseurs n'en écrit aucun."""
    premier, second = engagement(), engagement()
    RegleClauseFactory(marche=second.titulaire.lot.marche, diviseur_etp=Decimal(1820))
    cumul(premier, date(2027, 1, 1), validees=1607)
    cumul(second, date(2027, 1, 1), validees=1820)
    lignes = avancements_des_engagements(Engagement.objects.all(), jour=UN_CINQUIEME)
    assert {ligne.avancement.diviseur_etp for ligne in lignes} == {1607, 1820}
    assert (totaliser(lignes).etp, totaliser(lignes).diviseur_etp) == (2, None)


def test_chaque_operation_a_le_meme_total_que_ses_lignes():
    """Le chemin court de la liste des opérations rend exactement les totaux du chemin détaillé."""
    operations = [OperationFactory() for _ in range(3)]
    for rang, operation in enumerate(operations[:2], start=1):
        for _ in range(rang):
            e = engagement(lot=LotFactory(marche__operation=operation))
            RegleClauseFactory(marche=e.titulaire.lot.marche, diviseur_etp=Decimal(1600 + rang))
            cumul(e, date(2027, 1, 1), validees=40 * rang, en_attente=5, refusees=1, formation=2, nombre=1)
    totaux = avancements_par_operation(Engagement.objects.all(), jour=UN_CINQUIEME)
    assert set(totaux) == {operation.pk for operation in operations[:2]}
    for operation in operations[:2]:
        qs = Engagement.objects.filter(titulaire__lot__marche__operation=operation)
        assert totaux[operation.pk] == totaliser(avancements_des_engagements(qs, jour=UN_CINQUIEME))
    assert additionner(totaux.values()).validees == 40 + 2 * 80


def test_la_courbe_a_tous_les_mois_meme_sans_heures():
    """Un mois sans heures vaut zéro ; deux engagements s'additionnent ; la suite n'est pas dessinée."""
    premier, second = engagement(), engagement()
    cumul(premier, date(2027, 1, 1), validees=100, en_attente=4)
    cumul(second, date(2027, 1, 1), validees=11)
    cumul(premier, date(2027, 3, 1), en_attente=7)
    cumul(premier, date(2027, 4, 1), validees=50)
    assert courbe_mensuelle(Engagement.objects.all(), jusqu_au=date(2027, 3, 14)) == [
        (date(2027, 1, 1), 111, 4),
        (date(2027, 2, 1), 0, 0),
        (date(2027, 3, 1), 0, 7),
    ]
    assert courbe_mensuelle(Engagement.objects.none(), jusqu_au=date(2027, 3, 14)) == []


def test_un_total_vide_dit_sa_date():
    """Une opération sans engagement a un total nul, à la date demandée ; sans date, c'est une erreur de programmation."""
    vide = totaliser([], jour=UN_CINQUIEME)
    assert (vide.dues, vide.validees, vide.pourcentage, vide.a_la_date) == (0, 0, None, UN_CINQUIEME)
    assert vide.rythme.code == CodeRythme.A_VENIR
    with pytest.raises(ValueError):
        totaliser([])


@pytest.mark.parametrize("nombre", [1, 50])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_engagements(nombre, nombre_de_requetes):
    """Deux requêtes pour des lignes ou des totaux, une pour la courbe, qu'il y ait 1 ou 50 engagements."""
    for _ in range(nombre):
        cumul(engagement(), date(2027, 1, 1), validees=10)
    with nombre_de_requetes() as requetes:
        lignes = avancements_des_engagements(Engagement.objects.all(), jour=UN_CINQUIEME)
        assert {ligne.operation.maitre_ouvrage.nom for ligne in lignes}
        assert {ligne.titulaire.entreprise.nom for ligne in lignes}
        par_titulaire(lignes)
    assert (len(lignes), len(requetes)) == (nombre, 2)
    with nombre_de_requetes() as requetes:
        avancements_par_operation(Engagement.objects.all(), jour=UN_CINQUIEME)
    assert len(requetes) == 2
    with nombre_de_requetes() as requetes:
        courbe_mensuelle(Engagement.objects.all(), jusqu_au=UN_CINQUIEME)
    assert len(requetes) == 1
