"""Une heure validée d'un mois publié ne change jamais en silence, par quelque chemin que ce soit."""

import copy
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clauses.cumuls import ecarts, recalculer_cumuls
from clauses.models import (
    ConventionGlobalisation,
    Engagement,
    EtatReleve,
    Imputation,
    NatureHeures,
    Rectificatif,
    Reexamen,
    ReleveHeures,
)
from clauses.services.globalisation import enregistrer_convention, imputer, retirer_imputation
from clauses.services.heures import saisir_case
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from clauses.services.placements import noter_mode
from clauses.services.rectificatifs import figer
from clauses.tasks import reexaminer_marche
from comptes.formats import date_longue
from comptes.regles import Refus
from tests.fabriques import (
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
AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
JOUR = date(2026, 10, 31)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """100 h de travail validées en avril, dont le marché, figé, a publié le bilan ; l'autre marché de l'entreprise l'est aussi."""
    paysage = Paysage()
    paysage.releve.delete()
    operation = OperationFactory(structure=paysage.structure, nom="Gymnase du Port")
    paysage.autre_marche = MarcheFactory(operation=operation, reference="2026-GYM")
    regle = RegleClauseFactory(marche=paysage.autre_marche)
    paysage.cible = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.autre_marche), entreprise=paysage.entreprise)
    )
    EligibiliteFactory(
        operation=operation, beneficiaire=paysage.beneficiaire, regle=regle, decide_par=paysage.facilitateur
    )
    paysage.releve = _valide(paysage, AVRIL)
    paysage.convention = enregistrer_convention(
        convention=ConventionGlobalisation(
            structure=paysage.structure,
            reference="GLOB-1",
            entreprise=paysage.entreprise,
            date_debut=AVRIL,
            signee_le=date(2026, 3, 28),
        ),
        engagements=[paysage.engagement, paysage.cible],
    )
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


def _valide(paysage, mois, nature=NatureHeures.TRAVAIL, heures=100):
    releve = ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=mois,
        heures=Decimal(heures),
        nature=nature,
        etat=EtatReleve.VALIDE,
        saisi_par=paysage.facilitateur,
    )
    recalculer_cumuls(engagements=[paysage.engagement], mois=[mois])
    return releve


def _imputer(paysage, heures=40):
    resultat = imputer(
        convention=paysage.convention,
        releve=paysage.releve,
        engagement=Engagement.objects.get(pk=paysage.cible.pk),
        heures=Decimal(heures),
        par=paysage.facilitateur,
    )
    assert isinstance(resultat, Imputation)
    paysage.releve.refresh_from_db()
    return resultat


def _publier(paysage):
    for marche in (paysage.marche, paysage.autre_marche):
        figer(marche=marche, au=JOUR)


def _passer(paysage, vers, motif=""):
    paysage.releve.refresh_from_db()
    resultat = changer_etats(releves=[paysage.releve], vers=vers, motif=motif, utilisateur=paysage.facilitateur)
    assert resultat.nombre == 1


def _ecrits():
    """Par marché, dans l'ordre d'écriture : avant → après."""
    return [
        (r.marche.reference, r.heures_avant, r.heures_apres)
        for r in Rectificatif.objects.select_related("marche").order_by("cree_le", "marche__reference")
    ]


def test_rouvrir_des_heures_imputees_rectifie_aussi_le_marche_qui_les_recevait(paysage):
    """60 h là et 40 h ici étaient publiées : rouvrir le relevé retire les deux, chaque marché a son rectificatif."""
    _imputer(paysage)
    _publier(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    assert sorted(_ecrits()) == [("2026-GYM", 40, 0), ("2026-T0001", 60, 0)]
    Rectificatif.objects.all().delete()
    _passer(paysage, "verifie")
    _passer(paysage, "valide")
    assert sorted(_ecrits()) == [("2026-GYM", 0, 40), ("2026-T0001", 0, 60)]


def test_retirer_l_imputation_d_un_releve_rouvert_ne_rectifie_rien_de_plus(paysage):
    """Rouvertes, ces heures ne comptaient déjà plus : les rendre à leur marché ne change aucun chiffre."""
    imputation = _imputer(paysage)
    _publier(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    Rectificatif.objects.all().delete()
    retirer_imputation(imputation=imputation, par=paysage.facilitateur)
    assert _ecrits() == []
    assert ecarts() == []


@pytest.mark.parametrize("heures", ["10", "0", None])
def test_un_releve_rouvert_garde_au_moins_les_heures_imputees(paysage, heures):
    """40 h comptent ailleurs : le relevé rouvert ne descend pas sous 40 h et ne s'efface pas, sinon elles compteraient sans être faites."""
    _imputer(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    if heures is None:
        _passer(paysage, "refuse", "Erreur")
        _passer(paysage, "declare")
    resultat = _saisir(paysage, heures and Decimal(heures))
    assert isinstance(resultat, Refus)
    assert resultat.code == "heures_imputees"
    assert "40\u00a0h" in resultat.phrase
    assert Imputation.objects.count() == 1
    assert ecarts() == []


def test_un_releve_rouvert_se_saisit_au_dessus_des_heures_imputees(paysage):
    """Sur 100 h dont 40 imputées, 80 h se gardent : 40 ici, 40 là."""
    _imputer(paysage)
    _passer(paysage, "rectifie", "Relevé à revoir")
    assert not isinstance(_saisir(paysage, Decimal(80)), Refus)
    assert not isinstance(_saisir(paysage, Decimal(40)), Refus)
    assert ecarts() == []


def _saisir(paysage, heures):
    paysage.releve.refresh_from_db()
    return saisir_case(
        affectation=paysage.affectation,
        nature="travail",
        mois=AVRIL,
        heures=heures,
        version_lue=paysage.releve.version,
        utilisateur=paysage.facilitateur,
        aujourd_hui=date(2026, 11, 17),
    )


def test_changer_la_facon_d_un_contrat_rectifie_ses_mois_publies(paysage):
    """Dites « tutorat », ces 100 h publiées ne comptent plus : le bilan suivant le dit."""
    _publier(paysage)
    noter_mode(contrat=paysage.contrat, mode="tutorat", est_hors_site=False, par=paysage.facilitateur)
    assert _ecrits() == [("2026-T0001", 100, 0)]
    rectificatif = Rectificatif.objects.get()
    assert rectificatif.motif.startswith("Heures validées recomptées")
    assert rectificatif.auteur == f"par {paysage.facilitateur.get_full_name()}"


def test_un_plafond_libere_par_une_reouverture_rectifie_les_autres_mois(paysage):
    """Plafond de formation de 120 h, 100 h en avril et 100 h en mai dont 20 comptent : avril rouvert, mai en compte 100."""
    changer_regle(
        marche=paysage.marche,
        sections={"comptage": {"modes": {"formation": {"plafond_heures": "120"}}}},
        par=paysage.facilitateur,
    )
    avril, mai = (_valide(paysage, mois, NatureHeures.FORMATION) for mois in (AVRIL, MAI))
    mai.refresh_from_db()
    assert mai.heures_comptees == 20
    _publier(paysage)
    paysage.releve = avril
    _passer(paysage, "rectifie", "Attestation à revoir")
    lignes = {(r.releve_id, r.heures_avant, r.heures_apres) for r in Rectificatif.objects.all()}
    assert lignes == {(avril.pk, 100, 0), (mai.pk, 20, 100)}
    assert {r.cree_par for r in Rectificatif.objects.all()} == {paysage.facilitateur}
    assert ecarts() == []


# Qui l'a fait naître ---------------------------------------------------------------------------------------------------


def _plafonner_la_formation(paysage):
    """120 h de formation publiées, sous 20 % de 480 h dues : 96 comptent."""
    Engagement.objects.filter(pk=paysage.engagement.pk).update(heures_initiales=480, heures_dues=480)
    section = {"modes": {"formation": {"plafond_pourcent": "20"}}}
    changer_regle(marche=paysage.marche, sections={"comptage": section}, par=paysage.facilitateur)
    paysage.releve = _valide(paysage, MAI, NatureHeures.FORMATION, heures=120)
    _publier(paysage)


def _phrases(client, paysage, lecteur):
    client.force_login(lecteur)
    page = client.get(reverse("reporting:marche_fiche", args=[paysage.marche.pk])).content.decode()
    debut = page.index('aria-labelledby="t-rectificatifs"')
    return re.findall(r"<li.*?</li>", page[debut : page.index("</section>", debut)], re.DOTALL)


def test_un_rectificatif_dit_le_bilan_qui_avait_publie_ces_heures(client, paysage):
    """Publié, puis rouvert : la phrase nomme ce bilan, même quand un autre a été publié depuis."""
    _publier(paysage)
    _passer(paysage, EtatReleve.RECTIFIE, "Bulletin de paie.")
    publie = Rectificatif.objects.filter(marche=paysage.marche).get().fige_au
    figer(marche=paysage.marche, au=date(2026, 12, 31))
    phrase = " ".join(_phrases(client, paysage, paysage.facilitateur)).replace("\xa0", " ")
    assert f"publié dans le bilan au {date_longue(publie)}".replace("\xa0", " ") in phrase
    assert "31 décembre" not in phrase


def test_qui_enregistre_puis_supprime_un_avenant_signe_ses_rectificatifs(client, paysage):
    """Dû ramené à 300 h, 60 h comptent ; l'avenant supprimé, 96 de nouveau. Chaque écart nomme qui l'a fait."""
    _plafonner_la_formation(paysage)
    client.force_login(paysage.facilitateur)
    saisie = {"numero": "1", "date_notification": "01/06/2026", f"heures_{paysage.engagement.pk.hex}": "300"}
    client.post(reverse("clauses:avenant_creer", args=[paysage.marche.pk]), saisie)
    [avenant] = paysage.marche.avenants.all()
    client.post(reverse("clauses:avenant_supprimer", args=[avenant.pk]))
    assert _ecrits() == [("2026-T0001", 96, 60), ("2026-T0001", 60, 96)]
    nom = paysage.facilitateur.get_full_name()
    lues = _phrases(client, paysage, paysage.facilitateur)
    assert sum(f"Par {nom}." in phrase for phrase in lues) == 2
    assert not any(nom in phrase for phrase in _phrases(client, paysage, paysage.compte_acheteur))


def test_qui_change_les_heures_d_un_titulaire_signe_le_rectificatif(client, paysage):
    """Le dû corrigé à 300 h sur la page du titulaire : 96 h publiées en comptent 60, et l'on sait par qui."""
    _plafonner_la_formation(paysage)
    client.force_login(paysage.facilitateur)
    saisie = {
        "entreprise": str(paysage.entreprise.pk),
        "role": "titulaire",
        "mode": "saisi",
        "heures_initiales": "300",
        "arrondi": "inferieur",
    }
    client.post(reverse("clauses:titulaire_modifier", args=[paysage.titulaire.pk]), saisie)
    assert _ecrits() == [("2026-T0001", 96, 60)]
    assert Rectificatif.objects.get().cree_par == paysage.facilitateur


def test_le_recompte_du_worker_se_dit_automatique_et_nomme_qui_l_a_demande(client, paysage):
    """Le worker réexamine les lignes ouvertes à la demande de quelqu'un ; une ligne publiée qu'il recompte le dit."""
    _plafonner_la_formation(paysage)
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, saisi_par=paysage.facilitateur)
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(heures_ecartees=0)
    reexamen = Reexamen.objects.create(marche=paysage.marche, demande_par=paysage.facilitateur, total=1)
    reexaminer_marche(str(reexamen.pk))
    assert _ecrits() == [("2026-T0001", 120, 96)]
    nom = paysage.facilitateur.get_full_name()
    [lue] = [phrase for phrase in _phrases(client, paysage, paysage.facilitateur) if "recomptées" in phrase]
    assert f"Recompte automatique, demandé par {nom}." in lue


def test_un_rectificatif_d_avant_sans_auteur_n_en_invente_pas(paysage):
    """Les anciens n'ont pas d'auteur : rien ne s'écrit à sa place."""
    assert (Rectificatif().auteur, Rectificatif(est_automatique=True).auteur) == ("", "recompte automatique")
