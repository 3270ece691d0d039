"""Le comité technique à l'écran : préparer, inscrire, décider, clore, imprimer ; et ce qu'un partenaire n'y lit jamais."""

import copy
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from beneficiaires.models import EtatOrientation
from parcours.models import ComiteTechnique, Parcours, PointComite, SujetPoint
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    EligibiliteFactory,
    OrientationFactory,
    Paysage,
    PrescripteurFactory,
    creer_utilisateur,
)
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db
AUJOURD_HUI = date(2026, 11, 24)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le 24 novembre 2026 : une séance ce jour-là, et deux personnes, Théodulie que le partenaire a orientée et Gontran que non."""
    with time_machine.travel("2026-11-24T10:12:00+01:00", tick=False):
        paysage = Paysage()
        paysage.sienne = BeneficiaireFactory(
            structure=paysage.structure,
            prescripteur=paysage.prescripteur,
            prenom="Théodulie",
            nom_naissance="Aspremont",
            nom_usage="",
        )
        paysage.autre = BeneficiaireFactory(
            structure=paysage.structure, prenom="Gontran", nom_naissance="Quatremère", nom_usage=""
        )
        paysage.comite = creer_seance(paysage)
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-24T10:12:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


@pytest.fixture
def partenaire(client, paysage):
    client.force_login(paysage.compte_prescripteur)
    return client


def creer_seance(paysage, jour: date = AUJOURD_HUI, **suite) -> ComiteTechnique:
    seance = ComiteTechnique.objects.create(
        structure=paysage.structure, date_seance=jour, cree_par=paysage.facilitateur, **suite
    )
    seance.partenaires.add(paysage.prescripteur)
    return seance


def creer_point(paysage, personne, **suite) -> PointComite:
    valeurs = {"sujet": SujetPoint.AUTRE, "objet": uuid4(), "question": f"Quelle suite pour {personne.prenom} ?"}
    return PointComite.objects.create(comite=paysage.comite, beneficiaire=personne, **(valeurs | suite))


def decide(paysage, **suite) -> dict:
    return {
        "decision": "favorable",
        "decide_par": paysage.facilitateur,
        "decide_le": "2026-11-24T09:00:00+01:00",
    } | suite


def adresse(nom: str, *args) -> str:
    return reverse(f"parcours:{nom}", args=args)


def lire(client, url: str) -> str:
    return texte(client.get(url, follow=True).content.decode()).replace("\u00a0", " ")


def envoyer(client, url: str, **saisie):
    """Le formulaire de la page, tel quel, avec ce qui est tapé."""
    page = client.get(url).content.decode()
    return client.post(url, next(f.valeurs for f in formulaires(page) if f.methode == "post") | saisie)


# --- la séance --------------------------------------------------------------------------------------------------------


def test_sans_seance_la_liste_dit_comment_commencer(facilitateur):
    """L'état vide porte le bouton."""
    ComiteTechnique.objects.all().delete()
    page = lire(facilitateur, adresse("comite_liste"))
    assert "Aucune séance pour l’instant" in page and "Préparer une séance" in page


def test_preparer_une_seance(facilitateur, paysage):
    """Le jour, le lieu, l'invité ; la page qui s'ouvre est la sienne."""
    reponse = envoyer(
        facilitateur,
        adresse("comite_creer"),
        date_seance="15/12/2026",
        lieu="Mairie annexe",
        partenaires=[paysage.prescripteur.pk],
    )
    seance = ComiteTechnique.objects.get(date_seance=date(2026, 12, 15))
    assert reponse.url == adresse("comite_detail", seance.pk)
    assert list(seance.partenaires.all()) == [paysage.prescripteur]
    page = lire(facilitateur, reponse.url)
    assert "En préparation" in page and "Mairie annexe" in page and "L’ordre du jour est vide." in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"date_seance": "31/02/2027"}, "Cette date n’existe pas"),
        ({"date_seance": "15/12/2062"}, "à plus d’un an d’aujourd’hui. Vérifiez l’année."),
        ({"date_seance": ""}, "Indiquez le jour de la séance."),
        ({"lieu": "x" * 10_000}, "160"),
        ({"lieu": "NIR 285056912345686"}, "numéro de sécurité sociale"),
        ({"partenaires": [str(uuid4())]}, "Sélectionnez un choix valide"),
    ],
)
def test_une_saisie_fausse_se_dit_et_ne_garde_rien(facilitateur, paysage, saisie, phrase):
    """La phrase, ce qui était tapé, et toujours une seule séance."""
    reponse = envoyer(
        facilitateur, adresse("comite_creer"), **({"date_seance": "15/12/2026", "lieu": "Mairie annexe"} | saisie)
    )
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert phrase in page and "Erreur" in reponse.content.decode()
    assert ComiteTechnique.objects.count() == 1


def test_un_acheteur_ne_s_invite_pas(facilitateur, paysage):
    """L'identifiant d'une autre organisation que les prescripteurs n'est pas un choix."""
    reponse = envoyer(
        facilitateur, adresse("comite_creer"), date_seance="15/12/2026", partenaires=[paysage.acheteur.pk]
    )
    assert reponse.status_code == 200 and ComiteTechnique.objects.count() == 1


def test_supprimer_une_seance_preparee_par_erreur(facilitateur, paysage):
    """Elle part ; une décision notée la garde, avec la phrase."""
    point = creer_point(paysage, paysage.sienne, **decide(paysage))
    url = adresse("comite_supprimer", paysage.comite.pk)
    refus = facilitateur.post(url)
    assert refus.status_code == 422 and "cette séance se garde" in refus.content.decode()
    point.delete()
    assert "supprimée" in texte(facilitateur.post(url, follow=True).content.decode())
    assert not ComiteTechnique.objects.exists()


# --- l'ordre du jour --------------------------------------------------------------------------------------------------


def test_cocher_inscrit_et_un_second_envoi_ne_double_rien(facilitateur, paysage):
    """Une orientation reçue se coche, entre à l'ordre du jour et n'est plus proposée."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le="2026-11-03T09:00:00+01:00",
        prenom="Oriane",
        nom_naissance="Reçue",
    )
    url = adresse("comite_detail", paysage.comite.pk)
    assert "1 point proposé" in lire(facilitateur, url)
    envoi = {"point": [f"orientation:{orientation.pk}"]}
    for phrase in ("1 point ajouté à l’ordre du jour.", "Rien de nouveau à inscrire"):
        reponse = facilitateur.post(adresse("comite_inscrire", paysage.comite.pk), envoi, follow=True)
        assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    assert PointComite.objects.get().orientation == orientation
    page = lire(facilitateur, url)
    assert "point proposé" not in page and "Oriane Reçue" in page


def test_un_point_libre_trouve_la_personne_par_son_nom(facilitateur, paysage):
    """Une seule Théodulie, écrite sans accent : elle est trouvée."""
    reponse = envoyer(
        facilitateur, adresse("point_creer", paysage.comite.pk), nom="theodulie", question="Une immersion ?"
    )
    point = PointComite.objects.get()
    assert (point.beneficiaire, point.sujet) == (paysage.sienne, "autre")
    assert reponse.url == f"{adresse('comite_detail', paysage.comite.pk)}#point-{point.pk}"


def test_deux_homonymes_se_departagent(facilitateur, paysage):
    """Le formulaire demande laquelle, avec sa naissance ; l'identifiant d'une personne d'ailleurs n'est pas un choix."""
    homonyme = BeneficiaireFactory(
        structure=paysage.structure, prenom="Théodulie", nom_naissance="Aspremont", date_naissance=date(1990, 5, 4)
    )
    ailleurs = BeneficiaireFactory(structure=paysage.autre_structure, nom_naissance="Aspremont")
    url = adresse("point_creer", paysage.comite.pk)
    envoi = {"nom": "Aspremont", "question": "Une immersion ?"}
    page = texte(envoyer(facilitateur, url, **envoi).content.decode()).replace("\u00a0", " ")
    assert "Plusieurs personnes portent ce nom. Choisissez la bonne." in page and "4 mai 1990" in page
    assert "Plusieurs" in facilitateur.post(url, envoi | {"choix": str(ailleurs.pk)}).content.decode()
    assert not PointComite.objects.exists()
    facilitateur.post(url, envoi | {"choix": str(homonyme.pk)})
    assert PointComite.objects.get().beneficiaire == homonyme


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"nom": "Personne-Inconnue"}, "Aucune personne suivie par votre structure ne porte ce nom."),
        ({"question": ""}, "Écrivez la question."),
        ({"question": "NIR 285056912345686"}, "numéro de sécurité sociale"),
        ({"question": "q" * 10_000}, "300"),
        ({"nom": "Théo\x00dulie"}, "nul"),
    ],
)
def test_un_point_mal_ecrit_se_dit(facilitateur, paysage, saisie, phrase):
    """Rien n'entre à l'ordre du jour."""
    envoi = {"nom": "Théodulie", "question": "Une immersion ?"} | saisie
    reponse = facilitateur.post(adresse("point_creer", paysage.comite.pk), envoi)
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    assert not PointComite.objects.exists()


def test_monter_descendre_retirer_sans_script(facilitateur, paysage):
    """Trois boutons, trois envois ; un mot inconnu ne déplace rien."""
    premier, second = creer_point(paysage, paysage.sienne, rang=0), creer_point(paysage, paysage.autre, rang=1)
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "haut"})
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "ailleurs"})
    assert list(paysage.comite.points.all()) == [second, premier]
    facilitateur.post(adresse("point_deplacer", second.pk), {"vers": "bas"})
    assert list(paysage.comite.points.all()) == [premier, second]
    facilitateur.post(adresse("point_retirer", second.pk))
    assert list(paysage.comite.points.all()) == [premier]


# --- la décision ------------------------------------------------------------------------------------------------------


def test_decider_en_passant_au_suivant(facilitateur, paysage):
    """La décision garde l'auteur et l'heure, la page du point suivant s'ouvre ; au dernier, la séance."""
    premier, second = creer_point(paysage, paysage.sienne, rang=0), creer_point(paysage, paysage.autre, rang=1)
    reponse = envoyer(
        facilitateur, adresse("point_decider", premier.pk), decision="ajournee", motif="Le devis manque", suivant="1"
    )
    assert reponse.url == adresse("point_decider", second.pk)
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Ajournée" in page and "Le devis manque" in page and "le 24 novembre 2026 à 10 h 12" in page
    reponse = envoyer(facilitateur, reponse.url, decision="favorable", suivant="1")
    assert reponse.url == f"{adresse('comite_detail', paysage.comite.pk)}#point-{second.pk}"
    assert "Tout est décidé." in lire(facilitateur, reponse.url)


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"decision": "defavorable"}, "Dites pourquoi la décision est défavorable ou ajournée."),
        ({"decision": ""}, "Choisissez la décision."),
        ({"decision": "peut-être"}, "Sélectionnez un choix valide"),
        ({"motif": "Son NIR est 285056912345686"}, "numéro de sécurité sociale"),
        ({"motif": "m" * 10_000}, "1000"),
    ],
)
def test_une_decision_mal_ecrite_se_dit_et_se_garde_a_l_ecran(facilitateur, paysage, saisie, phrase):
    """Le point reste à décider ; le motif tapé est encore là."""
    point = creer_point(paysage, paysage.sienne)
    reponse = envoyer(facilitateur, adresse("point_decider", point.pk), **({"decision": "favorable"} | saisie))
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", "").replace("\u202f", "") or (
        phrase in texte(reponse.content.decode()).replace("\u00a0", " ")
    )
    assert saisie.get("motif", "") in reponse.content.decode()
    point.refresh_from_db()
    assert (point.decision, point.motif) == ("", "")


def test_deux_facilitateurs_ecrivent_en_meme_temps(facilitateur, paysage):
    """Le second lit la décision du premier (409), rien n'est écrasé ; il enregistre de nouveau et la sienne prend la place."""
    point = creer_point(paysage, paysage.sienne)
    url = adresse("point_decider", point.pk)
    lu = next(f.valeurs for f in formulaires(facilitateur.get(url).content.decode()) if f.methode == "post")
    autre = creer_utilisateur(paysage.structure)
    PointComite.objects.update(**decide(paysage, decide_par=autre, motif="Place en janvier"))
    reponse = facilitateur.post(url, lu | {"decision": "ajournee", "motif": "Attendre"})
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert reponse.status_code == 409
    assert "Deux décisions pour ce point" in page and "a noté « Favorable » (Place en janvier)" in page
    point.refresh_from_db()
    assert (point.decision, point.decide_par) == ("favorable", autre)
    relu = next(f.valeurs for f in formulaires(reponse.content.decode()) if f.methode == "post")
    assert relu["motif"] == ["Attendre"] and relu["decision"] == ["ajournee"]
    assert facilitateur.post(url, relu).status_code == 302
    point.refresh_from_db()
    assert (point.decision, point.motif, point.decide_par) == ("ajournee", "Attendre", paysage.facilitateur)


def test_avant_le_jour_de_la_seance_rien_ne_se_decide(facilitateur, paysage):
    """Ni bouton, ni écriture : la phrase dit quand."""
    ComiteTechnique.objects.update(date_seance=date(2026, 12, 1))
    point = creer_point(paysage, paysage.sienne)
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Décider" not in page and "Clore la séance" not in page
    reponse = envoyer(facilitateur, adresse("point_decider", point.pk), decision="favorable")
    assert "ses décisions se notent à partir de ce jour" in reponse.content.decode()
    point.refresh_from_db()
    assert point.decision == ""


def test_la_suite_d_une_decision_est_a_un_clic(facilitateur, paysage):
    """Accepter l'orientation ; renouveler l'éligibilité et le PLIE, avec l'avis du comité. Rien ne s'est fait tout seul."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le="2026-11-03T09:00:00+01:00",
    )
    eligibilite = EligibiliteFactory(
        operation=paysage.operation, beneficiaire=paysage.sienne, regle=paysage.regle, decide_par=paysage.facilitateur
    )
    plie = AgrementFactory(beneficiaire=paysage.sienne, type_agrement="plie", date_fin=date(2026, 12, 31))
    commun = decide(paysage, motif="La formation finit en juin.")
    PointComite.objects.create(
        comite=paysage.comite,
        sujet=SujetPoint.ORIENTATION,
        objet=orientation.pk,
        orientation=orientation,
        question="Accepter ?",
        **commun,
    )
    for objet in (eligibilite, plie):
        creer_point(paysage, paysage.sienne, sujet=SujetPoint.RENOUVELLEMENT, objet=objet.pk, **commun)
    page = facilitateur.get(adresse("comite_detail", paysage.comite.pk)).content.decode()
    assert reverse("beneficiaires:orientation_accepter", args=[orientation.pk]) in page
    assert f"{reverse('clauses:eligibilite_renouveler', args=[eligibilite.pk])}?comite=2026-11-24" in page
    point = PointComite.objects.get(objet=plie.pk)
    renouveler = f"{adresse('renouvellement_creer', plie.pk)}?point={point.pk}"
    assert renouveler in page
    formulaire = next(
        f.valeurs for f in formulaires(facilitateur.get(renouveler).content.decode()) if f.methode == "post"
    )
    assert formulaire["avis_organisme"] == ["Comité technique"] and formulaire["avis_date"] == ["24/11/2026"]
    assert formulaire["avis_texte"][0].replace("\u00a0", " ") == (
        "Comité technique du 24 novembre 2026. La formation finit en juin."
    )
    orientation.refresh_from_db()
    assert orientation.etat == EtatOrientation.ENVOYEE and not plie.renouvellements.exists()


@pytest.mark.parametrize("point", ["nimporte", "", "5d0f2c1e-6b1a-4c0e-9d55-0a3f0a7b9c11"])
def test_un_avis_d_ailleurs_ne_remplit_rien(facilitateur, paysage, point):
    """L'adresse inventée ouvre un formulaire vide."""
    plie = AgrementFactory(beneficiaire=paysage.sienne, type_agrement="plie", date_fin=date(2026, 12, 31))
    page = facilitateur.get(f"{adresse('renouvellement_creer', plie.pk)}?point={point}")
    assert page.status_code == 200 and "Comité technique du" not in page.content.decode()


# --- la clôture -------------------------------------------------------------------------------------------------------


def test_clore_dit_ce_qui_n_est_pas_decide_puis_fige(facilitateur, paysage):
    """Le point indécis est nommé avant ; après, plus un bouton, et les écritures reviennent avec la phrase."""
    point = creer_point(paysage, paysage.sienne)
    url = adresse("comite_clore", paysage.comite.pk)
    assert "Un point n’a pas de décision" in lire(facilitateur, url)
    envoyer(facilitateur, url, presents=[paysage.prescripteur.pk])
    paysage.comite.refresh_from_db()
    assert paysage.comite.est_close and list(paysage.comite.presents.all()) == [paysage.prescripteur]
    page = lire(facilitateur, adresse("comite_detail", paysage.comite.pk))
    assert "Compte rendu (PDF)" in page and "Mission locale du Confluent" in page
    for bouton in ("Décider", "Retirer", "Modifier", "Clore la séance", "Ajouter un point"):
        assert bouton not in page
    for ecriture, saisie in (
        (adresse("point_decider", point.pk), {"decision": "favorable"}),
        (adresse("point_retirer", point.pk), {}),
        (adresse("point_deplacer", point.pk), {"vers": "haut"}),
        (adresse("comite_modifier", paysage.comite.pk), {"date_seance": "25/11/2026"}),
        (adresse("comite_inscrire", paysage.comite.pk), {"point": "x"}),
        (adresse("point_creer", paysage.comite.pk), {"nom": "Gontran", "question": "Et ?"}),
        (url, {}),
    ):
        reponse = facilitateur.post(ecriture, saisie, follow=True)
        assert "close depuis le" in reponse.content.decode(), ecriture
    assert list(paysage.comite.points.values_list("decision", flat=True)) == [""]


def test_une_seance_vide_ne_se_clot_pas(facilitateur, paysage):
    """La phrase dit pourquoi."""
    reponse = envoyer(facilitateur, adresse("comite_clore", paysage.comite.pk))
    assert "L’ordre du jour est vide" in reponse.content.decode()
    paysage.comite.refresh_from_db()
    assert not paysage.comite.est_close


# --- le compte rendu --------------------------------------------------------------------------------------------------


def compte_rendu(client, comite) -> tuple[str, PdfReader, bytes]:
    reponse = client.get(reverse("reporting:comite_compte_rendu", args=[comite.pk]))
    assert reponse.status_code == 200 and reponse["Content-Type"] == "application/pdf"
    assert 'filename="comite-technique-2026-11-24.pdf"' in reponse["Content-Disposition"]
    lecteur = PdfReader(BytesIO(reponse.content))
    lu = " ".join(" ".join(page.extract_text() for page in lecteur.pages).split()).replace("\u00a0", " ")
    return lu, lecteur, reponse.content


def clore(paysage, *presents) -> None:
    ComiteTechnique.objects.update(close_le="2026-11-24T12:10:00+01:00")
    paysage.comite.presents.set(presents)


def test_le_compte_rendu_dit_chaque_point(facilitateur, paysage):
    """Personne, question, décision, motif, auteur, heure, présents et absents ; balisé, en français."""
    absent = PrescripteurFactory(nom="Cap emploi du Confluent")
    paysage.comite.partenaires.add(absent)
    creer_point(paysage, paysage.sienne, rang=0, **decide(paysage, motif="Devis reçu."))
    creer_point(paysage, paysage.autre, rang=1)
    clore(paysage, paysage.prescripteur)
    lu, lecteur, _ = compte_rendu(facilitateur, paysage.comite)
    for mots in (
        "Comité technique du 24 novembre 2026",
        "Compte rendu.",
        "Partenaires présents : Mission locale du Confluent.",
        "Invités, absents : Cap emploi du Confluent.",
        "2 points, 1 décision",
        "Théodulie Aspremont",
        "Quelle suite pour Théodulie ?",
        "Favorable Devis reçu.",
        "sans décision",
        f"{paysage.facilitateur.get_full_name()}, le 24 novembre 2026 à 9 h",
    ):
        assert mots in lu, mots
    racine = lecteur.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"] and racine["/Lang"] == "fr"
    assert lecteur.metadata.title.replace("\u00a0", " ") == "Compte rendu du comité technique du 24 novembre 2026"


def test_l_extrait_du_partenaire_ne_dit_personne_d_autre(partenaire, paysage):
    """Ni le nom, ni la question, ni le motif de l'autre, ni le nombre de points, à l'écran comme dans les octets du PDF."""
    invite = PrescripteurFactory(nom="Cap emploi du Confluent")
    paysage.comite.partenaires.add(invite)
    creer_point(paysage, paysage.autre, rang=0, **decide(paysage, motif="Motifprivé de Gontran"))
    creer_point(paysage, paysage.sienne, rang=1, **decide(paysage, motif="Devis reçu."))
    avant = lire(partenaire, adresse("comite_detail", paysage.comite.pk))
    assert "Tout est décidé." in avant
    clore(paysage, paysage.prescripteur, invite)
    lu, lecteur, octets = compte_rendu(partenaire, paysage.comite)
    pages = [
        avant,
        lire(partenaire, adresse("comite_detail", paysage.comite.pk)),
        lire(partenaire, adresse("comite_liste")),
        lu,
    ]
    interdits = ("Gontran", "Quatremère", "Motifprivé", "Cap emploi", "2 points", "2 décisions", "sur 2")
    assert [mot for page in pages for mot in interdits if mot in page] == []
    assert "Extrait du compte rendu." in lu and "1 point, 1 décision" in lu and "Théodulie Aspremont" in lu
    assert "Votre organisation, Mission locale du Confluent, était présente." in lu
    meta = str(lecteur.metadata) + lecteur.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert not any(mot in meta or mot.encode() in octets for mot in ("Gontran", "Quatremère", "Théodulie"))


def test_un_partenaire_sans_personne_le_lit(partenaire, paysage):
    """Invité, il voit la séance, pas un point ; son extrait le dit aussi."""
    creer_point(paysage, paysage.autre)
    assert "Aucun point ne porte sur une personne que vous avez orientée." in lire(
        partenaire, adresse("comite_detail", paysage.comite.pk)
    )
    clore(paysage)
    lu, _, _ = compte_rendu(partenaire, paysage.comite)
    assert "Aucun point ne porte sur une personne que vous avez orientée" in lu and "n’était pas présente" in lu


def test_un_partenaire_lit_son_orientation_a_l_ordre_du_jour(partenaire, paysage):
    """La personne n'est pas encore suivie : c'est l'orientation qui dit qu'elle est sienne."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        etat=EtatOrientation.ENVOYEE,
        envoyee_le="2026-11-03T09:00:00+01:00",
        prenom="Oriane",
        nom_naissance="Reçue",
        nom_usage="",
    )
    PointComite.objects.create(
        comite=paysage.comite,
        sujet=SujetPoint.ORIENTATION,
        objet=orientation.pk,
        orientation=orientation,
        question="Accepter ?",
    )
    assert "Oriane Reçue" in lire(partenaire, adresse("comite_detail", paysage.comite.pk))


def test_une_seance_en_preparation_n_a_pas_de_compte_rendu(facilitateur, paysage):
    """404, et la page n'y mène pas."""
    assert facilitateur.get(reverse("reporting:comite_compte_rendu", args=[paysage.comite.pk])).status_code == 404
    assert "PDF" not in lire(facilitateur, adresse("comite_detail", paysage.comite.pk))


def test_la_page_du_parcours_dit_ce_que_le_comite_a_decide(client, paysage):
    """La structure et le partenaire invité lisent la décision ; la question encore ouverte n'y est pas."""
    parcours = Parcours.objects.create(beneficiaire=paysage.sienne, date_debut=date(2026, 2, 2))
    creer_point(paysage, paysage.sienne, **decide(paysage, motif="Devis reçu."))
    creer_point(paysage, paysage.sienne, question="Une immersion ?")
    for compte in (paysage.facilitateur, paysage.compte_prescripteur):
        client.force_login(compte)
        page = lire(client, reverse("reporting:parcours_fiche", args=[parcours.pk]))
        assert "Décisions du comité technique" in page and "Devis reçu." in page and "immersion ?" not in page
    paysage.comite.partenaires.clear()
    assert "Décisions du comité" not in lire(client, reverse("reporting:parcours_fiche", args=[parcours.pk]))


# --- le temps ---------------------------------------------------------------------------------------------------------


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_points(facilitateur, paysage):
    """Un point, puis vingt de plus : la séance, la liste et le compte rendu lisent autant."""
    urls = [adresse("comite_detail", paysage.comite.pk), adresse("comite_liste")]

    def requetes() -> list[int]:
        nombres = []
        for url in urls:
            with CaptureQueriesContext(connection) as lues:
                facilitateur.get(url)
            nombres.append(len(lues))
        return nombres

    def ajouter(rang: int) -> None:
        creer_point(paysage, BeneficiaireFactory(structure=paysage.structure), rang=rang, **decide(paysage))

    ajouter(0)
    requetes()
    pour_un = requetes()
    for rang in range(1, 21):
        ajouter(rang)
    assert requetes() == pour_un
    ComiteTechnique.objects.update(close_le="2026-11-24T12:10:00+01:00")
    urls[:] = [reverse("reporting:comite_compte_rendu", args=[paysage.comite.pk])]
    pour_vingt = requetes()
    PointComite.objects.filter(rang__gte=2).delete()
    assert requetes() == pour_vingt
