"""Écrans du placement : le contrat, ses engagements, ce qui doit être su avant d'enregistrer."""

import copy
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from beneficiaires.models import MetierRome
from clauses.models import Contrat
from comptes.models import Categorie
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    TitulaireFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _aujourd_hui():
    with time_machine.travel(date(2026, 2, 20), tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    with time_machine.travel(date(2026, 2, 20), tick=False):
        return Paysage()


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


@pytest.fixture
def luna(paysage):
    """Une personne éligible sur Les Peupliers, sans contrat : sa fenêtre attend l'embauche."""
    personne = BeneficiaireFactory(structure=paysage.structure, prenom="Luna", nom_naissance="Ferrand")
    EligibiliteFactory(
        beneficiaire=personne, operation=paysage.operation, regle=paysage.regle, date_debut=None, date_fin=None
    )
    return personne


def adresse(personne) -> str:
    return reverse("clauses:placement_creer", args=[personne.pk])


def lire(reponse) -> str:
    return unescape(reponse.content.decode())


def envoi(paysage, **ecarts) -> dict[str, object]:
    valeurs = {
        "type_contrat": "cdd",
        "employeur": str(paysage.entreprise.pk),
        "entreprise_utilisatrice": "",
        "metier": "F1703",
        "date_debut": "02/03/2026",
        "date_fin": "31/12/2026",
        "heures_hebdo": "35",
        "engagements": [str(paysage.engagement.pk)],
    }
    return valeurs | ecarts


def signature(page: str) -> str:
    return re.search(r'name="confirme" value="(\w+)"', page).group(1)


def test_enregistrer_un_contrat_sans_remarque(client, paysage, luna):
    """Tout va ensemble : le contrat est enregistré d'un coup, et la fenêtre s'ouvre jusqu'au 01/03/2028."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse(luna), envoi(paysage), follow=True)
    assert reponse.redirect_chain[-1][0] == reverse("reporting:personne_fiche", args=[luna.pk])
    assert "Contrat enregistré, pour 1\u00a0engagement." in lire(reponse)
    contrat = luna.contrats.get()
    assert (contrat.date_debut, contrat.heures_hebdo, contrat.metier_id) == (date(2026, 3, 2), Decimal(35), "F1703")
    assert contrat.affectations.get().eligibilite.date_fin == date(2028, 3, 1)


def test_le_metier_se_tape(client, paysage, luna):
    """Un mot suffit, sans liste de cinq cents lignes à parcourir ; les métiers que la personne recherche viennent d'abord."""
    luna.metiers.set(MetierRome.objects.filter(code="N4105"))
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(luna)))
    assert re.search(r'<input type="text" name="metier"[^>]*list="id_metier_repertoire"', page)
    assert re.search(r'<datalist id="id_metier_repertoire"><option value="[^"]*\(N4105\)">', page)
    client.post(adresse(luna), envoi(paysage, metier="maconnerie"))
    contrat = luna.contrats.get()
    assert contrat.metier_id == "F1703"
    page = lire(client.get(reverse("clauses:contrat_modifier", args=[contrat.pk])))
    assert 'name="metier" class="form-control" value="Maçonnerie (F1703)"' in page


def test_un_metier_qui_n_en_designe_pas_un_seul_est_refuse(client, paysage, luna):
    """« nettoyage » en désigne plusieurs : la phrase en propose, ce qui est tapé reste, rien n'est enregistré."""
    client.force_login(paysage.facilitateur)
    page = lire(client.post(adresse(luna), envoi(paysage, metier="nettoyage")))
    assert "«\u00a0nettoyage\u00a0» ne désigne pas un seul métier." in page
    assert 'value="nettoyage"' in page
    assert not luna.contrats.exists()


def test_ce_qui_doit_etre_su_se_confirme(client, paysage, luna):
    """Un CDI dépasse la fenêtre et le marché : rien n'est enregistré avant d'avoir coché « j'ai lu »."""
    client.force_login(paysage.facilitateur)
    cdi = envoi(paysage, type_contrat="cdi", date_fin="")
    page = lire(client.post(adresse(luna), cdi))
    assert "Rien n’est encore enregistré" in page
    assert "ses heures ne comptent plus à partir du 2 mars 2028" in page
    assert "le marché finit le 30 juin 2027" in page
    assert not luna.contrats.exists()
    client.post(adresse(luna), cdi | {"confirme": signature(page)})
    assert luna.contrats.get().date_fin is None


def test_une_confirmation_ne_vaut_que_pour_ce_qui_a_ete_lu(client, paysage, luna):
    """Confirmer puis changer la date d'embauche : les phrases ont changé, il faut les relire."""
    client.force_login(paysage.facilitateur)
    cdi = envoi(paysage, type_contrat="cdi", date_fin="")
    lue = signature(lire(client.post(adresse(luna), cdi)))
    page = lire(client.post(adresse(luna), cdi | {"confirme": lue, "date_debut": "09/03/2026"}))
    assert "à partir du 9 mars 2028" in page
    assert not luna.contrats.exists()


def test_verifier_n_enregistre_rien(client, paysage, luna):
    """« Vérifier sans enregistrer » dit que tout va, et n'écrit rien."""
    client.force_login(paysage.facilitateur)
    page = lire(client.post(adresse(luna), envoi(paysage, verifier="1")))
    assert "Rien à signaler" in page
    assert not luna.contrats.exists()


def test_pendant_la_saisie_la_page_parle_deja(client, paysage, luna):
    """Appelée par htmx avec un formulaire incomplet, la page dit les refus et les remarques sans rien écrire."""
    client.force_login(paysage.facilitateur)
    incomplet = envoi(paysage, type_contrat="", employeur="", date_debut="05/01/2026", verifier="1")
    page = lire(client.post(adresse(luna), incomplet, headers={"HX-Request": "true"}))
    assert "précède la notification du 20 janvier 2026" in page
    assert "avant la validation de l’éligibilité (12 février 2026). Les heures faites avant ne comptent pas." in page
    sans_fin = envoi(paysage, date_fin="", verifier="1")
    page = lire(client.post(adresse(luna), sans_fin, headers={"HX-Request": "true"}))
    assert "Ce contrat ne peut pas être enregistré ainsi" in page
    assert not luna.contrats.exists()


@pytest.mark.parametrize(
    ("ecarts", "phrase"),
    [
        ({"date_fin": ""}, "Un CDD a une fin"),
        ({"type_contrat": "cdi"}, "Un CDI n’a pas de fin prévue"),
        ({"date_fin": "01/03/2026"}, "avant l’embauche du 2 mars 2026"),
        ({"date_debut": "31/02/2026"}, "Cette date n’existe pas"),
        ({"date_debut": "02/03/9999", "date_fin": "31/12/9999"}, "Vérifiez l’année"),
        ({"date_debut": "02/03/2001", "date_fin": "31/12/2001"}, "n’a pas 16\u00a0ans"),
        ({"heures_hebdo": "400"}, "48\u00a0h par semaine au plus"),
        ({"heures_hebdo": "-3"}, "au moins 1\u00a0h par semaine"),
        ({"heures_hebdo": "1e17"}, "C’est une notation scientifique"),
        ({"engagements": []}, "Cochez au moins un engagement"),
        ({"engagements": ["pas-un-uuid"]}, "n’est plus ouvert à cette personne"),
        ({"employeur": ""}, "Choisissez dans la liste"),
    ],
)
def test_un_refus_garde_tout_ce_qui_est_tape(client, paysage, luna, ecarts, phrase):
    """Chaque saisie fausse reçoit une phrase ; le reste du formulaire est gardé et rien n'est écrit."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse(luna), envoi(paysage) | ecarts)
    page = lire(reponse)
    assert reponse.status_code == 200
    assert phrase in page
    assert "<title>Erreur" in page
    assert 'value="Maçonnerie (F1703)"' in page
    for champ in ("date_debut", "date_fin", "heures_hebdo"):
        valeur = (envoi(paysage) | ecarts)[champ]
        assert not valeur or f'value="{valeur}"' in page
    assert not luna.contrats.exists()


def test_une_etti_demande_l_entreprise_utilisatrice(client, paysage, luna):
    """L'employeur est une ETTI : la phrase, au champ, demande où la personne travaille."""
    etti = EntrepriseFactory(nom="Élan Intérim", categorie=Categorie.ETTI)
    client.force_login(paysage.facilitateur)
    ctti = envoi(paysage, employeur=str(etti.pk), type_contrat="ctti")
    page = lire(client.post(adresse(luna), ctti))
    assert "Élan Intérim est une ETTI\u00a0: indiquez l’entreprise utilisatrice" in page
    client.post(adresse(luna), ctti | {"entreprise_utilisatrice": str(paysage.entreprise.pk)})
    assert luna.contrats.get().entreprise_utilisatrice == paysage.entreprise


def test_luna_coche_trois_operations(client, paysage, luna):
    """Un contrat, trois opérations de trois maîtres d'ouvrage cochées ensemble."""
    coches = [str(paysage.engagement.pk)]
    for nom in ("Nouvel Angle", "Le siège"):
        marche = MarcheFactory(operation=OperationFactory(structure=paysage.structure, nom=nom))
        titulaire = TitulaireFactory(lot=LotFactory(marche=marche), entreprise=paysage.entreprise)
        coches.append(str(EngagementFactory(titulaire=titulaire).pk))
        EligibiliteFactory(
            beneficiaire=luna,
            operation=marche.operation,
            regle=RegleClauseFactory(marche=marche),
            date_debut=None,
            date_fin=None,
        )
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(luna)))
    assert all(nom in page for nom in ("Résidence Les Peupliers", "Nouvel Angle", "Le siège"))
    client.post(adresse(luna), envoi(paysage, engagements=coches))
    affectations = luna.contrats.get().affectations.select_related(
        "engagement__titulaire__lot__marche__operation", "eligibilite"
    )
    maitres = {a.engagement.titulaire.lot.marche.operation.maitre_ouvrage_id for a in affectations}
    assert len(maitres) == 3
    assert {a.eligibilite.date_fin for a in affectations} == {date(2028, 3, 1)}


def test_une_operation_sans_decision_mene_a_la_decision(client, paysage, luna):
    """Une opération où rien n'est décidé ne se coche pas : elle mène à la décision, puis ramène ici."""
    engagement = EngagementFactory(titulaire__lot__marche__operation__structure=paysage.structure)
    operation = engagement.titulaire.lot.marche.operation
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(luna)))
    assert f'value="{engagement.pk}"' not in page
    decider = reverse("clauses:eligibilite_decider", args=[luna.pk])
    assert f"{decider}?operation={operation.pk}&suite=placer" in page
    reponse = client.post(adresse(luna), envoi(paysage, engagements=[str(engagement.pk)]))
    assert "n’est plus ouvert à cette personne" in lire(reponse)
    assert not luna.contrats.exists()


def test_l_engagement_d_une_autre_structure_est_hors_de_portee(client, paysage, luna):
    """L'engagement d'une autre structure n'est ni montré ni accepté."""
    ailleurs = EngagementFactory(titulaire__lot__marche__operation__structure=paysage.autre_structure)
    client.force_login(paysage.facilitateur)
    assert ailleurs.titulaire.lot.marche.operation.nom not in lire(client.get(adresse(luna)))
    client.post(adresse(luna), envoi(paysage, engagements=[str(ailleurs.pk)]))
    assert not luna.contrats.exists()


def test_un_lot_clos_ne_se_propose_pas(client, paysage, luna):
    """Un lot clos ne reçoit plus de contrat."""
    paysage.lot.clos_le = date(2026, 2, 1)
    paysage.lot.save()
    client.force_login(paysage.facilitateur)
    assert f'value="{paysage.engagement.pk}"' not in lire(client.get(adresse(luna)))


def test_un_lot_fini_ne_se_propose_plus_qu_a_un_contrat_d_avant_sa_fin(client, paysage, luna):
    """Le lot finit le 31 janvier 2026, on est le 20 février : il est rangé à part, avec sa fin. Une embauche du 30 janvier le
    rouvre, une du 1er février non.
    """
    paysage.lot.date_debut, paysage.lot.date_fin = date(2026, 1, 20), date(2026, 1, 31)
    paysage.lot.save()
    client.force_login(paysage.facilitateur)

    def rangement(page: str) -> tuple[bool, bool]:
        avant, _, finis = page.partition("Lots finis")
        return f'value="{paysage.engagement.pk}"' in avant, f'value="{paysage.engagement.pk}"' in finis

    page = lire(client.get(adresse(luna)))
    assert rangement(page) == (False, True)
    assert "fini le 31\u00a0janvier 2026" in page or "fini le 31 janvier 2026" in page
    assert "Les lots où elle est éligible sont finis." in page
    verifier = {"verifier": "1", "date_fin": "30/01/2026"}
    assert rangement(lire(client.post(adresse(luna), envoi(paysage, date_debut="30/01/2026", **verifier)))) == (
        True,
        False,
    )
    assert rangement(lire(client.post(adresse(luna), envoi(paysage, date_debut="01/02/2026", **verifier)))) == (
        False,
        True,
    )
    assert rangement(lire(client.post(adresse(luna), envoi(paysage, date_debut="hier", **verifier)))) == (False, True)


def test_un_contrat_deja_sur_un_lot_fini_garde_sa_case(client, paysage):
    """Modifier un ancien contrat ne range pas à part l'engagement qu'il sert."""
    paysage.lot.date_debut, paysage.lot.date_fin = date(2026, 1, 20), date(2026, 1, 31)
    paysage.lot.save()
    client.force_login(paysage.facilitateur)
    page = lire(client.get(reverse("clauses:contrat_modifier", args=[paysage.contrat.pk])))
    assert "Lots finis" not in page
    assert re.search(rf'value="{paysage.engagement.pk}"[^>]* checked', page)


def test_une_operation_finie_n_appelle_pas_de_decision(client, paysage, luna):
    """Rien à décider pour placer aujourd'hui sur un lot fini."""
    lot = LotFactory(
        marche__operation__structure=paysage.structure, date_debut=date(2026, 1, 20), date_fin=date(2026, 2, 19)
    )
    engagement = EngagementFactory(titulaire__lot=lot)
    client.force_login(paysage.facilitateur)
    assert engagement.titulaire.lot.marche.operation.nom not in lire(client.get(adresse(luna)))


def test_l_operation_demandee_est_cochee(client, paysage, luna):
    """Depuis une opération, son seul engagement est déjà coché."""
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(luna), {"operation": paysage.operation.pk}))
    assert re.search(rf'value="{paysage.engagement.pk}" id="engagement-{paysage.engagement.pk}" checked', page)


def test_ajouter_une_entreprise_garde_la_saisie(client, paysage, luna):
    """Partir ajouter une entreprise puis revenir : tout ce qui était tapé est là."""
    client.force_login(paysage.facilitateur)
    depart = client.post(adresse(luna), envoi(paysage, ajouter="employeur"))
    assert depart.status_code == 302
    page = lire(client.get(adresse(luna), {"brouillon": "1"}))
    assert 'value="02/03/2026"' in page
    assert re.search(rf'id="engagement-{paysage.engagement.pk}" checked', page)
    assert not luna.contrats.exists()


def test_modifier_un_contrat(client, paysage):
    """Le formulaire montre le contrat et son engagement ; corriger l'embauche déplace la fenêtre."""
    paysage.releve.delete()
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:contrat_modifier", args=[paysage.contrat.pk])
    page = lire(client.get(lien))
    assert 'value="02/03/2026"' in page
    assert re.search(rf'id="engagement-{paysage.engagement.pk}" checked', page)
    client.post(lien, envoi(paysage, date_debut="16/03/2026"))
    paysage.eligibilite.refresh_from_db()
    assert (paysage.eligibilite.date_debut, paysage.eligibilite.date_fin) == (date(2026, 3, 16), date(2028, 3, 15))


def test_modifier_refuse_de_perdre_des_heures(client, paysage):
    """Des heures d'avril : le contrat ne peut pas finir en mars ; la phrase nomme le mois, la saisie reste."""
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:contrat_modifier", args=[paysage.contrat.pk])
    page = lire(client.post(lien, envoi(paysage, date_fin="31/03/2026")))
    assert "100\u00a0h en avril 2026" in page
    assert 'value="31/03/2026"' in page
    paysage.contrat.refresh_from_db()
    assert paysage.contrat.date_fin == date(2027, 3, 1)


def test_rompre_puis_retirer(client, paysage):
    """La fin anticipée se note et se retire."""
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:contrat_rompre", args=[paysage.contrat.pk])
    reponse = client.post(lien, {"date_rupture": "30/06/2026"}, follow=True)
    assert "Contrat arrêté le 30 juin 2026." in lire(reponse)
    assert 'value="30/06/2026"' in lire(client.get(lien))
    client.post(lien, {"retirer": "1"})
    paysage.contrat.refresh_from_db()
    assert paysage.contrat.date_rupture is None


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ("31/03/2026", "avril 2026"),
        ("01/03/2026", "ne peut pas précéder l’embauche"),
        ("01/03/2027", "finit déjà le 1er mars 2027"),
        ("", "obligatoire"),
    ],
)
def test_rompre_refuse(client, paysage, saisie, phrase):
    """Avant des heures déclarées, avant l'embauche, à la fin prévue, vide : une phrase, et rien ne change."""
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:contrat_rompre", args=[paysage.contrat.pk])
    assert phrase in lire(client.post(lien, {"date_rupture": saisie}))
    paysage.contrat.refresh_from_db()
    assert paysage.contrat.date_rupture is None


def test_supprimer_demande_confirmation(client, paysage):
    """Avec des heures, la suppression est refusée ; sans heures, le bouton supprime."""
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:contrat_supprimer", args=[paysage.contrat.pk])
    assert "Supprimer ce contrat" in lire(client.get(lien))
    assert "des heures sont déclarées" in lire(client.post(lien))
    paysage.releve.delete()
    client.post(lien)
    assert not Contrat.objects.exists()


def test_autant_de_requetes_pour_un_engagement_que_pour_dix(client, paysage, luna, nombre_de_requetes):
    """La page ne coûte pas plus cher avec dix engagements ouverts, dix opérations à décider et dix contrats."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            assert client.post(adresse(luna), envoi(paysage, verifier="1")).status_code == 200
        return len(requetes)

    client.force_login(paysage.facilitateur)
    AffectationFactory(
        contrat=ContratFactory(beneficiaire=luna),
        engagement=paysage.engagement,
        eligibilite=luna.eligibilites.get(),
    )
    EngagementFactory(titulaire__lot__marche__operation__structure=paysage.structure)
    compter()
    un = compter()
    for _ in range(9):
        EngagementFactory(titulaire__lot__marche=paysage.marche)
        EngagementFactory(titulaire__lot__marche__operation__structure=paysage.structure)
        ContratFactory(beneficiaire=luna)
    assert compter() == un
    assert un < 25


@pytest.mark.parametrize("vue", ["placement_creer", "contrat_modifier", "contrat_rompre", "contrat_supprimer"])
@pytest.mark.parametrize(
    ("compte", "statut"),
    [
        ("facilitateur", 200),
        ("autre_facilitateur", 404),
        ("compte_prescripteur", 403),
        ("compte_acheteur", 403),
        ("compte_entreprise", 403),
    ],
)
def test_droits(client, paysage, vue, compte, statut):
    """Seul le facilitateur de la structure place et modifie."""
    objet = paysage.beneficiaire if vue == "placement_creer" else paysage.contrat
    client.force_login(getattr(paysage, compte))
    lien = reverse(f"clauses:{vue}", args=[objet.pk])
    assert client.get(lien).status_code == statut
    if statut != 200:
        assert client.post(lien, envoi(paysage)).status_code == statut
        assert Contrat.objects.count() == 1
