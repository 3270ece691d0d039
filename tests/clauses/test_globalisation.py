"""La convention de globalisation : les heures quittent le marché où elles sont faites et comptent une fois."""

import copy
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clauses.avancement import avancements_des_engagements
from clauses.cumuls import ecarts, recalculer_cumuls
from clauses.explications import heures_cedees, heures_recues
from clauses.models import ConventionGlobalisation, Engagement, EtatReleve, Imputation, Rectificatif, ReleveHeures
from clauses.services.globalisation import enregistrer_convention, imputer, retirer_imputation
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from clauses.services.rectificatifs import figer
from comptes.regles import Refus
from config.coherence import tous_les_ecarts
from reporting.indicateurs import comptes_du_public
from tests.fabriques import (
    AffectationFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
)

pytestmark = pytest.mark.django_db
AVRIL = date(2026, 4, 1)
JOUR = date(2026, 10, 31)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """100 h validées en avril sur le marché A ; le marché B, d'une autre opération, est à la même entreprise."""
    paysage = Paysage()
    paysage.releve.delete()
    operation = OperationFactory(structure=paysage.structure, nom="Gymnase du Port")
    marche = MarcheFactory(operation=operation, reference="2026-GYM")
    regle = RegleClauseFactory(marche=marche)
    paysage.cible = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=marche), entreprise=paysage.entreprise)
    )
    EligibiliteFactory(
        operation=operation, beneficiaire=paysage.beneficiaire, regle=regle, decide_par=paysage.facilitateur
    )
    paysage.releve = ReleveHeuresFactory(
        affectation=paysage.affectation, mois=AVRIL, etat=EtatReleve.VALIDE, saisi_par=paysage.facilitateur
    )
    recalculer_cumuls(engagements=[paysage.engagement], mois=[AVRIL])
    paysage.convention = enregistrer_convention(
        convention=ConventionGlobalisation(
            structure=paysage.structure,
            reference="GLOB-1",
            entreprise=paysage.entreprise,
            date_debut=date(2026, 4, 1),
            signee_le=date(2026, 3, 28),
        ),
        engagements=[paysage.engagement, paysage.cible],
    )
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


def validees(engagement: Engagement) -> Decimal:
    [ligne] = avancements_des_engagements(Engagement.objects.filter(pk=engagement.pk), jour=JOUR)
    return ligne.avancement.validees


def deplacer(paysage, heures=40):
    return imputer(
        convention=paysage.convention,
        releve=paysage.releve,
        engagement=paysage.cible,
        heures=Decimal(heures),
        par=paysage.facilitateur,
    )


def test_les_heures_comptent_une_fois_sur_la_cible(paysage):
    """100 h faites, 40 imputées : 60 là, 40 ici, 100 en tout ; toutes les copies concordent."""
    deplacer(paysage)
    assert (validees(paysage.engagement), validees(paysage.cible)) == (Decimal(60), Decimal(40))
    assert ecarts() == []
    assert [str(e) for e in tous_les_ecarts() if "ompt" in str(e) or "umul" in str(e) or "mput" in str(e)] == []
    recue = heures_recues(Engagement.objects.filter(pk=paysage.cible.pk), arrete_au=JOUR)[0]
    assert (recue.operation, recue.marche, recue.heures) == ("Résidence Les Peupliers", "2026-T0001", Decimal(40))
    cedee = heures_cedees(Engagement.objects.filter(pk=paysage.engagement.pk), arrete_au=JOUR)[0]
    assert (cedee.operation, cedee.heures) == ("Gymnase du Port", Decimal(40))


def test_la_personne_compte_des_deux_cotes_et_une_fois_en_tout(paysage):
    """Ses heures suivent les comptes du public : 60 h, 40 h, et 100 h pour les deux marchés ensemble."""
    deplacer(paysage)
    sources = Engagement.objects.filter(pk=paysage.engagement.pk)
    cibles = Engagement.objects.filter(pk=paysage.cible.pk)
    assert comptes_du_public(sources, arrete_au=JOUR).heures == Decimal(60)
    assert comptes_du_public(cibles, arrete_au=JOUR).heures == Decimal(40)
    assert comptes_du_public(sources | cibles, arrete_au=JOUR).heures == Decimal(100)


def test_la_fiche_de_la_personne_compte_ses_heures_une_fois(paysage, client):
    """60 h là où elles restent, 40 h sur le gymnase par la convention : 100 h en tout, que le contrat serve ou non le gymnase."""
    deplacer(paysage)
    client.force_login(paysage.facilitateur)

    def fiche():
        page = client.get(reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk])).content.decode()
        return " ".join(page.split())

    assert "100 h déclarées, 40 h comptées ailleurs" in fiche()
    assert "Convention GLOB-1" in fiche() and "faites sur Résidence Les Peupliers" in fiche()
    assert re.search(r"En tout</th><td class=\"n\">100 h<", fiche())
    AffectationFactory(
        contrat=paysage.affectation.contrat,
        engagement=paysage.cible,
        eligibilite=paysage.beneficiaire.eligibilites.get(operation__nom="Gymnase du Port"),
    )
    assert "Convention GLOB-1" not in fiche()
    assert "dont 40 h globalisées" in fiche()
    assert re.search(r"En tout</th><td class=\"n\">100 h<", fiche())


def test_tout_imputer_ne_laisse_personne(paysage):
    """Cent heures imputées sur cent : plus personne n'a travaillé pour le marché de départ."""
    deplacer(paysage, 100)
    assert validees(paysage.engagement) == 0
    assert not comptes_du_public(Engagement.objects.filter(pk=paysage.engagement.pk), arrete_au=JOUR).a_personne


def test_rouvrir_le_releve_suspend_l_imputation(paysage):
    """Un relevé rouvert ne compte plus nulle part tant qu'il n'est pas revalidé."""
    deplacer(paysage)
    paysage.releve.refresh_from_db()
    changer_etats(releves=[paysage.releve], vers="rectifie", motif="Relevé à revoir", utilisateur=paysage.facilitateur)
    assert (validees(paysage.engagement), validees(paysage.cible)) == (0, 0)
    assert ecarts() == []


def test_retirer_rend_les_heures(paysage):
    """L'imputation retirée, les cent heures reviennent où elles ont été faites."""
    imputation = deplacer(paysage)
    retirer_imputation(imputation=imputation, par=paysage.facilitateur)
    assert (validees(paysage.engagement), validees(paysage.cible)) == (Decimal(100), 0)
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).heures_imputees == 0
    assert ecarts() == []


def test_la_regle_de_la_cible_compte(paysage):
    """La cible compte l'embauche directe à moitié : 40 h imputées y font 20 h, le départ garde ses 60 h."""
    changer_regle(
        marche=paysage.cible.titulaire.lot.marche,
        sections={"comptage": {"modes": {"directe": {"coefficient": "0.5"}}}},
        par=paysage.facilitateur,
    )
    deplacer(paysage)
    assert (validees(paysage.engagement), validees(paysage.cible)) == (Decimal(60), Decimal(20))


@pytest.mark.parametrize(("heures", "code"), [(101, "trop_d_heures"), (0, "heures_nulles")])
def test_trop_ou_rien_est_refuse_sans_rien_ecrire(paysage, heures, code):
    """Le refus est une valeur ; aucune ligne n'est écrite."""
    resultat = deplacer(paysage, heures)
    assert isinstance(resultat, Refus)
    assert resultat.code == code
    assert not Imputation.objects.exists()
    assert validees(paysage.engagement) == Decimal(100)


def test_un_marche_qui_l_interdit(paysage):
    """La règle du marché de départ dit « jamais » : rien ne part."""
    changer_regle(
        marche=paysage.marche, sections={"eligibilite": {"globalisation": "interdite"}}, par=paysage.facilitateur
    )
    assert deplacer(paysage).code == "globalisation_interdite"


def test_une_convention_supprimee_entre_temps_n_impute_rien(paysage):
    """Quelqu'un l'a supprimée depuis que la page est ouverte : une phrase, et rien d'écrit."""
    ConventionGlobalisation.objects.filter(pk=paysage.convention.pk).delete()
    refus = deplacer(paysage)
    assert refus.phrase == "Cette convention vient d’être supprimée\u00a0: rien n’est imputé."
    assert not Imputation.objects.exists()


def test_une_convention_imputee_ne_se_retrecit_pas(paysage):
    """Retirer un lot, ou commencer plus tard, quand des heures en dépendent : refusé."""
    deplacer(paysage)
    with pytest.raises(ValidationError, match="déjà imputées"):
        enregistrer_convention(convention=paysage.convention, engagements=[paysage.engagement, _troisieme(paysage)])
    paysage.convention.date_debut = date(2026, 5, 1)
    with pytest.raises(ValidationError, match="déjà imputées"):
        enregistrer_convention(convention=paysage.convention, engagements=[paysage.engagement, paysage.cible])


def _troisieme(paysage) -> Engagement:
    return EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.marche), entreprise=paysage.entreprise)
    )


def test_un_marche_fige_ouvre_un_rectificatif_de_chaque_cote(paysage):
    """Les deux bilans sont publiés : le départ perd 40 h, l'arrivée les gagne."""
    cible = paysage.cible.titulaire.lot.marche
    for marche in (paysage.marche, cible):
        figer(marche=marche, au=JOUR)
    paysage.cible = Engagement.objects.select_related("titulaire__lot__marche").get(pk=paysage.cible.pk)
    deplacer(paysage)
    ecrits = {r.marche_id: (r.heures_avant, r.heures_apres) for r in Rectificatif.objects.all()}
    assert ecrits == {paysage.marche.pk: (Decimal(100), Decimal(60)), cible.pk: (0, Decimal(40))}


# Écrans --------------------------------------------------------------------------------------------------------------


def test_creer_une_convention_puis_imputer_a_l_ecran(paysage, client):
    """L'entreprise, puis ses lots ; puis des heures de la liste vers l'autre lot."""
    client.force_login(paysage.facilitateur)
    page = client.get(reverse("clauses:convention_creer"), {"entreprise": paysage.entreprise.pk})
    assert "Gymnase du Port" in page.content.decode()
    reponse = client.post(
        f"{reverse('clauses:convention_creer')}?entreprise={paysage.entreprise.pk}",
        {
            "reference": "GLOB-2",
            "signee_le": "28/03/2026",
            "date_debut": "01/04/2026",
            "engagements": [paysage.engagement.pk, paysage.cible.pk],
        },
    )
    convention = ConventionGlobalisation.objects.get(reference="GLOB-2")
    assert reponse.url == reverse("clauses:convention_detail", args=[convention.pk])
    adresse = f"{reverse('clauses:imputation_creer', args=[paysage.releve.pk])}?convention={convention.pk}"
    assert adresse in client.get(reponse.url).content.decode()
    trop = client.post(adresse, {"engagement": paysage.cible.pk, "heures": "120"})
    assert "100\u00a0h au plus peuvent être imputées" in trop.content.decode()
    assert 'value="120"' in trop.content.decode()
    client.post(adresse, {"engagement": paysage.cible.pk, "heures": "40"})
    detail = client.get(reponse.url).content.decode()
    assert "40\u00a0h comptent ailleurs" in detail
    assert adresse not in detail  # le seul autre lot compte déjà ce relevé : l'imputer encore serait refusé
    assert "Aucune autre heure validée à imputer" in detail
    assert f'<a href="{reverse("clauses:releve_detail", args=[paysage.releve.pk])}">40\u00a0h</a>' in detail
    fiche = client.get(reverse("reporting:marche_fiche", args=[paysage.cible.titulaire.lot.marche_id])).content.decode()
    assert "40\u00a0h comptées ici, exécutées sur Résidence Les Peupliers, marché 2026-T0001" in fiche


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"engagements": []}, "Cochez les lots"),
        ({"engagements": ["pas-un-identifiant"]}, "plus à cette entreprise"),
        ({"date_fin": "31/03/2026"}, "ne peut pas finir avant"),
        ({"date_debut": "32/03/2026"}, "Cette date n’existe pas"),
        ({"reference": "GLOB-1"}, "déjà enregistrée"),
    ],
)
def test_une_convention_mal_saisie_se_dit_sur_le_champ(paysage, client, changes, phrase):
    """La saisie est gardée, rien n'est écrit."""
    client.force_login(paysage.facilitateur)
    donnees = {
        "reference": "GLOB-9",
        "signee_le": "28/03/2026",
        "date_debut": "01/04/2026",
        "engagements": [paysage.engagement.pk, paysage.cible.pk],
    }
    page = client.post(
        f"{reverse('clauses:convention_creer')}?entreprise={paysage.entreprise.pk}", donnees | changes
    ).content.decode()
    assert phrase in page
    assert 'value="28/03/2026"' in page
    assert ConventionGlobalisation.objects.count() == 1


def test_un_seul_lot_ne_fait_pas_une_convention(paysage, client):
    """Il faut deux lots : celui du travail et celui du compte."""
    client.force_login(paysage.facilitateur)
    page = client.post(
        f"{reverse('clauses:convention_creer')}?entreprise={paysage.entreprise.pk}",
        {
            "reference": "GLOB-9",
            "signee_le": "28/03/2026",
            "date_debut": "01/04/2026",
            "engagements": [paysage.engagement.pk],
        },
    ).content.decode()
    assert "au moins deux lots" in page
