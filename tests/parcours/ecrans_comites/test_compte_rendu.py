"""Le compte rendu en PDF et ce qu'un partenaire n'y lit jamais."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from beneficiaires.models import EtatOrientation
from parcours.models import ComiteTechnique, Parcours, PointComite, SujetPoint
from tests.fabriques import OrientationFactory, PrescripteurFactory
from tests.parcours.ecrans_comites.gestes import adresse, creer_point, decide, lire

pytestmark = pytest.mark.django_db


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
