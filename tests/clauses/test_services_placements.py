"""Placer une personne : le contrat, ses affectations, les fenêtres qu'il ouvre, et ce qui l'empêche."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from clauses.models import Affectation, Contrat, EtatReleve, TypeContrat
from clauses.services.constats import examiner_placement
from clauses.services.eligibilites import decider_eligibilite
from clauses.services.placements import modifier_contrat, placer, rompre_contrat, supprimer_contrat
from comptes.models import Categorie
from tests.fabriques import (
    AcheteurFactory,
    BeneficiaireFactory,
    EngagementFactory,
    EntrepriseFactory,
    JustificatifFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    SituationFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db

AUJOURD_HUI = date(2026, 11, 17)


class Cadre:
    """Une structure, une personne au RSA, et autant d'opérations que demandé, attribuées le 14/01/2026."""

    def __init__(self, operations=("Les Peupliers",), **regle):
        self.structure = StructureFactory()
        self.claire = creer_utilisateur(self.structure)
        self.titulaire = EntrepriseFactory(nom="Decotec")
        self.personne = BeneficiaireFactory(structure=self.structure, prenom="Luna")
        situation = SituationFactory(beneficiaire=self.personne, date_debut=date(2025, 6, 1))
        JustificatifFactory(
            situation=situation, date_piece=date(2026, 1, 6), vu_le=date(2026, 1, 9), vu_par=self.claire
        )
        self.engagements = [self.ouvrir(nom, **regle) for nom in operations]
        self.engagement = self.engagements[0]
        self.operation = self.engagement.titulaire.lot.marche.operation

    def ouvrir(self, nom, **regle):
        marche = MarcheFactory(
            operation=OperationFactory(structure=self.structure, nom=nom, maitre_ouvrage=AcheteurFactory())
        )
        RegleClauseFactory(marche=marche, **regle)
        return EngagementFactory(titulaire__lot__marche=marche, titulaire__entreprise=self.titulaire)

    def decider(self, engagement=None, jour=date(2026, 2, 12)):
        marche = (engagement or self.engagement).titulaire.lot.marche
        return decider_eligibilite(
            beneficiaire=self.personne,
            operation=marche.operation,
            marche=marche,
            utilisateur=self.claire,
            date_decision=jour,
        )

    def contrat(self, **champs) -> Contrat:
        valeurs = {
            "beneficiaire": self.personne,
            "type_contrat": TypeContrat.CDD,
            "employeur": self.titulaire,
            "date_debut": date(2026, 3, 2),
            "date_fin": date(2026, 12, 31),
            "heures_hebdo": Decimal(35),
        }
        return Contrat(**valeurs | champs)

    def placer(self, engagements=None, **champs) -> Contrat:
        return placer(
            contrat=self.contrat(**champs),
            engagements=engagements or [self.engagement],
            aujourd_hui=AUJOURD_HUI,
            par=None,
        )

    def constats(self, engagements=None, **champs) -> dict[str, str]:
        trouves = examiner_placement(
            contrat=self.contrat(**champs), engagements=engagements or [self.engagement], aujourd_hui=AUJOURD_HUI
        )
        return {constat.code: constat.texte for constat in trouves}


def heures(contrat, mois=date(2026, 4, 1), fin=date(2026, 4, 30), total=140, **champs):
    return ReleveHeuresFactory(
        affectation=contrat.affectations.first(),
        mois=mois,
        date_debut=mois,
        date_fin=fin,
        heures=Decimal(total),
        **champs,
    )


def test_un_placement_ouvre_la_fenetre():
    """Embauche le 02/03/2026 : éligible jusqu'au 01/03/2028, dans la même transaction que le contrat."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    contrat = cadre.placer()
    eligibilite.refresh_from_db()
    assert (eligibilite.date_debut, eligibilite.date_fin) == (date(2026, 3, 2), date(2028, 3, 1))
    assert contrat.affectations.get().eligibilite == eligibilite


def test_luna_un_contrat_trois_operations_de_trois_maitres_d_ouvrage():
    """Un seul CDD sert trois engagements de trois maîtres d'ouvrage : trois affectations, trois fenêtres ouvertes."""
    cadre = Cadre(operations=("La Dargoire", "Nouvel Angle", "Le siège"))
    decisions = [cadre.decider(engagement) for engagement in cadre.engagements]
    contrat = cadre.placer(engagements=cadre.engagements)
    affectations = contrat.affectations.select_related("engagement__titulaire__lot__marche__operation")
    maitres = {a.engagement.titulaire.lot.marche.operation.maitre_ouvrage_id for a in affectations}
    assert Contrat.objects.count() == 1
    assert len(maitres) == 3
    for eligibilite in decisions:
        eligibilite.refresh_from_db()
        assert (eligibilite.date_debut, eligibilite.date_fin) == (date(2026, 3, 2), date(2028, 3, 1))


def test_sans_decision_favorable_le_placement_est_refuse():
    """Sans éligibilité en vigueur sur l'opération, rien n'est écrit et la phrase nomme l'opération."""
    cadre = Cadre()
    with pytest.raises(ValidationError) as refus:
        cadre.placer()
    assert refus.value.messages == [
        "Les Peupliers\u00a0: Aucune éligibilité en vigueur. Décidez d’abord, puis revenez cocher cet engagement."
    ]
    assert not Contrat.objects.exists()


def test_une_operation_non_decidee_fait_echouer_tout_le_contrat():
    """Deux engagements dont un sans décision : ni contrat, ni affectation, ni fenêtre ouverte."""
    cadre = Cadre(operations=("La Dargoire", "Nouvel Angle"))
    eligibilite = cadre.decider()
    with pytest.raises(ValidationError, match="Nouvel Angle"):
        cadre.placer(engagements=cadre.engagements)
    eligibilite.refresh_from_db()
    assert not Contrat.objects.exists()
    assert eligibilite.date_debut is None


def test_un_contrat_plus_long_que_la_fenetre_le_dit():
    """Un CDI commencé le 02/03/2026 : ses heures ne comptent plus à partir du 2 mars 2028."""
    cadre = Cadre()
    cadre.decider()
    texte = cadre.constats(type_contrat=TypeContrat.CDI, date_fin=None)["depasse_fenetre"]
    assert "1er mars 2028 inclus" in texte
    assert "à partir du 2 mars 2028" in texte


@pytest.mark.parametrize(("prealable", "phrase"), [(True, "ne comptent pas"), (False, "admet les heures")])
def test_un_contrat_d_avant_la_decision_le_dit(prealable, phrase):
    """Embauche avant la décision : le sort des heures d'avant suit la règle que la décision a appliquée."""
    cadre = Cadre(validation_prealable=prealable)
    cadre.decider()
    texte = cadre.constats(date_debut=date(2026, 2, 2))["avant_decision"]
    assert "2 février 2026" in texte
    assert phrase in texte


def test_un_contrat_d_avant_le_marche_le_dit():
    """Embauche le 05/01/2026, marché notifié le 20/01/2026."""
    cadre = Cadre()
    cadre.decider()
    assert "20 janvier 2026" in cadre.constats(date_debut=date(2026, 1, 5))["avant_marche"]


def test_un_employeur_etranger_au_lot_le_dit():
    """Ni titulaire ni sous-traitant du lot : la phrase nomme l'entreprise et le lot."""
    cadre = Cadre()
    cadre.decider()
    lot = cadre.engagement.titulaire.lot
    texte = cadre.constats(employeur=EntrepriseFactory(nom="Voltéo"))["employeur_hors_lot"]
    assert f"Voltéo n’est ni titulaire ni sous-traitante de lot {lot.numero} (Decotec)" in texte


def test_une_etti_pour_le_titulaire_ne_gene_pas():
    """Une ETTI qui met à disposition du titulaire est liée au lot ; sans entreprise utilisatrice, c'est un refus."""
    cadre = Cadre()
    cadre.decider()
    etti = EntrepriseFactory(nom="Élan Intérim", categorie=Categorie.ETTI)
    champs = {"employeur": etti, "type_contrat": TypeContrat.CTTI}
    assert cadre.constats(**champs, entreprise_utilisatrice=cadre.titulaire) == {}
    assert "utilisatrice_absente" in cadre.constats(**champs)


def test_deux_temps_pleins_en_meme_temps_le_disent():
    """Un second temps plein aux mêmes dates : 70 h par semaine."""
    cadre = Cadre()
    cadre.decider()
    cadre.placer()
    assert "70\u00a0h par semaine" in cadre.constats(date_debut=date(2026, 3, 9))["contrats_simultanes"]


def test_le_meme_contrat_ne_s_enregistre_pas_deux_fois():
    """Même employeur, même type, même embauche : un double envoi est refusé."""
    cadre = Cadre()
    cadre.decider()
    cadre.placer(heures_hebdo=Decimal(17))
    with pytest.raises(ValidationError, match="déjà enregistré"):
        cadre.placer(heures_hebdo=Decimal(17))
    assert Contrat.objects.count() == 1


def test_un_contrat_incomplet_dit_deja_ce_qu_il_peut():
    """Sans employeur ni type, les dates parlent déjà."""
    cadre = Cadre()
    cadre.decider()
    constats = cadre.constats(type_contrat="", employeur=None, heures_hebdo=None, date_fin=date(2028, 6, 1))
    assert set(constats) == {"depasse_fenetre", "depasse_marche"}


def test_modifier_l_embauche_deplace_la_fenetre():
    """L'embauche passe au 16/03/2026 : éligible jusqu'au 15/03/2028."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    contrat = cadre.placer()
    contrat.date_debut = date(2026, 3, 16)
    modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    eligibilite.refresh_from_db()
    assert (eligibilite.date_debut, eligibilite.date_fin) == (date(2026, 3, 16), date(2028, 3, 15))


def test_modifier_refuse_de_laisser_des_heures_dehors():
    """140 h en avril empêchent d'arrêter le contrat en mars ; le refus nomme le mois et rien ne change."""
    cadre = Cadre()
    cadre.decider()
    contrat = cadre.placer()
    heures(contrat)
    contrat.date_fin = date(2026, 3, 31)
    with pytest.raises(ValidationError, match="avril 2026"):
        modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    contrat.refresh_from_db()
    assert contrat.date_fin == date(2026, 12, 31)


def test_des_heures_refusees_n_empechent_rien():
    """Des heures refusées ne comptent plus : le contrat peut s'arrêter avant elles."""
    cadre = Cadre()
    cadre.decider()
    contrat = cadre.placer()
    heures(contrat, etat=EtatReleve.REFUSE, motif="Personne absente.")
    contrat.date_fin = date(2026, 3, 31)
    modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    contrat.refresh_from_db()
    assert contrat.date_fin == date(2026, 3, 31)


def test_ajouter_un_engagement_a_un_contrat():
    """Un contrat en cours sert une opération de plus : sa fenêtre s'ouvre, la première ne bouge pas."""
    cadre = Cadre(operations=("La Dargoire", "Nouvel Angle"))
    premiere, seconde = (cadre.decider(engagement) for engagement in cadre.engagements)
    contrat = cadre.placer()
    modifier_contrat(contrat=contrat, engagements=cadre.engagements, aujourd_hui=AUJOURD_HUI, par=None)
    for eligibilite in (premiere, seconde):
        eligibilite.refresh_from_db()
        assert eligibilite.date_fin == date(2028, 3, 1)
    assert contrat.affectations.count() == 2


def test_retirer_une_affectation_sans_heures_referme_sa_fenetre():
    """L'engagement retiré ne porte pas d'heures : son affectation disparaît, sa décision attend de nouveau une embauche."""
    cadre = Cadre(operations=("La Dargoire", "Nouvel Angle"))
    premiere, seconde = (cadre.decider(engagement) for engagement in cadre.engagements)
    contrat = cadre.placer(engagements=cadre.engagements)
    modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    premiere.refresh_from_db()
    seconde.refresh_from_db()
    assert (premiere.date_debut, seconde.date_debut) == (date(2026, 3, 2), None)
    assert contrat.affectations.count() == 1


def test_retirer_une_affectation_avec_heures_est_refuse():
    """Une affectation qui porte des heures reste."""
    cadre = Cadre(operations=("La Dargoire", "Nouvel Angle"))
    for engagement in cadre.engagements:
        cadre.decider(engagement)
    contrat = cadre.placer(engagements=cadre.engagements)
    ReleveHeuresFactory(affectation=contrat.affectations.get(engagement=cadre.engagements[1]))
    with pytest.raises(ValidationError, match="Nouvel Angle"):
        modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    assert contrat.affectations.count() == 2


def test_une_decision_remplacee_garde_ses_contrats_modifiables():
    """Décidée non éligible ensuite, la personne garde son contrat, que l'on peut encore corriger."""
    cadre = Cadre()
    cadre.decider()
    contrat = cadre.placer()
    cadre.personne.situations.update(date_fin=date(2025, 12, 31))
    assert cadre.decider(jour=date(2026, 10, 1)).reponse == "non_eligible"
    contrat.date_fin = date(2026, 11, 30)
    modifier_contrat(contrat=contrat, engagements=[cadre.engagement], aujourd_hui=AUJOURD_HUI, par=None)
    contrat.refresh_from_db()
    assert contrat.date_fin == date(2026, 11, 30)


def test_rompre_puis_revenir_sur_la_rupture():
    """La fin anticipée arrête le contrat ce jour-là, sans toucher à la fenêtre ; elle se retire."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    contrat = cadre.placer()
    rompre_contrat(contrat=contrat, date_rupture=date(2026, 6, 30), aujourd_hui=AUJOURD_HUI)
    contrat.refresh_from_db()
    eligibilite.refresh_from_db()
    assert (contrat.derniere_date, eligibilite.date_fin) == (date(2026, 6, 30), date(2028, 3, 1))
    rompre_contrat(contrat=contrat, date_rupture=None, aujourd_hui=AUJOURD_HUI)
    contrat.refresh_from_db()
    assert contrat.derniere_date == date(2026, 12, 31)


def test_rompre_avant_des_heures_declarees_est_refuse():
    """Des heures d'avril empêchent d'arrêter le contrat au 31 mars."""
    cadre = Cadre()
    cadre.decider()
    contrat = cadre.placer()
    heures(contrat)
    with pytest.raises(ValidationError, match="avril 2026"):
        rompre_contrat(contrat=contrat, date_rupture=date(2026, 3, 31), aujourd_hui=AUJOURD_HUI)
    contrat.refresh_from_db()
    assert contrat.date_rupture is None


def test_supprimer_un_contrat_sans_heures_referme_la_fenetre():
    """Un contrat saisi par erreur disparaît, et la décision attend de nouveau l'embauche."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    supprimer_contrat(contrat=cadre.placer())
    eligibilite.refresh_from_db()
    assert eligibilite.date_debut is None
    assert not Contrat.objects.exists()
    assert not Affectation.objects.exists()


def test_supprimer_un_contrat_avec_heures_est_refuse():
    """Un contrat qui porte des heures reste."""
    cadre = Cadre()
    cadre.decider()
    contrat = cadre.placer()
    heures(contrat)
    with pytest.raises(ValidationError, match="des heures sont déclarées"):
        supprimer_contrat(contrat=contrat)
    assert Contrat.objects.count() == 1


def test_cdd_puis_cdi_de_m_q():
    """CDD puis CDI dans la même entreprise : deux contrats, une seule fenêtre, celle de la première embauche."""
    cadre = Cadre()
    eligibilite = cadre.decider()
    cadre.placer(date_fin=date(2026, 8, 31))
    cadre.placer(type_contrat=TypeContrat.CDI, date_debut=date(2026, 9, 1), date_fin=None)
    eligibilite.refresh_from_db()
    assert eligibilite.date_fin == date(2028, 3, 1)
    assert Contrat.objects.count() == 2
