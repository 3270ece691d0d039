"""Déclarer par lien ou avec un compte : la feuille, la relecture, « néant », les liens qui ne s'ouvrent pas, deux envois à la fois."""

import logging
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clauses.models import Declaration, EtatReleve, LienDeclaration, ReleveHeures, SourceReleve
from clauses.services.heures_etats import changer_etats
from clauses.services.liens import jeton_de
from tests.fabriques import AffectationFactory
from tests.lire_html import formulaires, texte

OCTOBRE = date(2026, 10, 1)


@pytest.fixture
def invite(paysage):
    """Un navigateur sans compte, qui vient d'ouvrir le lien."""
    client = Client()
    assert client.get(entrer(paysage)).status_code == 302
    return client


def entrer(paysage, jeton: str = "") -> str:
    return reverse("clauses:declaration_entrer", args=[jeton or paysage.jeton_declaration])


def feuille(paysage) -> str:
    return reverse("clauses:declaration_lien", args=[paysage.lien.pk])


def confirmer(paysage) -> str:
    return reverse("clauses:declaration_lien_confirmer", args=[paysage.lien.pk])


def cle(paysage, lettre: str = "t") -> str:
    return f"{paysage.affectation.pk.hex}-{lettre}-202610"


def envoi(paysage, heures: str, lu: str = "0:", **plus: str) -> dict[str, str]:
    return {f"h-{cle(paysage)}": heures, f"lu-{cle(paysage)}": lu, **plus}


def vu(page: str) -> dict[str, list[str]]:
    return next(f.valeurs for f in formulaires(page) if "vu" in f.valeurs)


def octobre(paysage) -> list[ReleveHeures]:
    return list(ReleveHeures.objects.filter(affectation=paysage.affectation, mois=OCTOBRE))


def test_du_lien_au_mois_recu(paysage, invite):
    """Les personnes sont là, les heures s'enregistrent, la relecture donne les totaux, « Confirmer » use le lien."""
    page = invite.get(feuille(paysage)).content.decode()
    lu = texte(page)
    assert "Déclarer les heures d’octobre 2026" in lu
    assert f"{paysage.beneficiaire.nom_complet}" in lu
    assert "Éligible jusqu’au 1er mars 2028" in lu
    reponse = invite.post(feuille(paysage), envoi(paysage, "120,5"))
    assert reponse.url == confirmer(paysage)
    relecture = invite.get(confirmer(paysage)).content.decode()
    assert "120,5\u00a0h de travail en octobre 2026" in texte(relecture)
    reponse = invite.post(confirmer(paysage), vu(relecture))
    assert reponse.url == feuille(paysage)
    [releve] = octobre(paysage)
    assert (releve.heures, releve.etat, releve.source) == (Decimal("120.5"), "declare", SourceReleve.ENTREPRISE)
    assert (releve.saisi_par, releve.saisi_par_lien) == (None, paysage.lien)
    declaration = Declaration.objects.get(pk=paysage.declaration.pk)
    assert (declaration.recue_lien, declaration.recue_par, declaration.neant_le) == (paysage.lien, None, None)
    assert LienDeclaration.objects.get(pk=paysage.lien.pk).utilise_le == timezone.now()
    recu = texte(invite.get(feuille(paysage)).content.decode())
    assert "Octobre 2026 est déclaré" in recu
    assert "Ce mois est reçu depuis le 17 novembre 2026 à 10\u00a0h, par un lien." in recu
    assert "Demandez un nouveau lien à Maison de l’emploi du Confluent" in recu


def test_l_histoire_dit_que_l_entreprise_a_repondu_par_lien(paysage, invite, client):
    """La ligne, son historique et la grille nomment l'entreprise, pas un compte."""
    invite.post(feuille(paysage), envoi(paysage, "120"))
    client.force_login(paysage.facilitateur)
    lu = texte(client.get(reverse("clauses:releve_detail", args=[octobre(paysage)[0].pk])).content.decode())
    assert lu.count("Bâti-Rhône, par lien") == 2


def test_des_heures_refusees_confirmees_telles_quelles_restent_a_corriger(paysage, client):
    """« Merci, reçues » contredirait la case, toujours « À corriger » ; changées, le mois est reçu."""
    client.force_login(paysage.compte_entreprise)
    page, relire = (
        reverse(f"clauses:declaration_{nom}", args=[paysage.declaration.pk]) for nom in ("declarer", "confirmer")
    )
    client.post(page, envoi(paysage, "120"))
    client.post(relire, vu(client.get(relire).content.decode()))
    refuse = changer_etats(
        releves=octobre(paysage), vers=EtatReleve.REFUSE, motif="Le bulletin dit 110", utilisateur=paysage.facilitateur
    )
    assert refuse.nombre == 1
    accueil = texte(client.get(reverse("reporting:accueil")).content.decode())
    assert "Corriger octobre" in accueil and "Déclarer octobre" not in accueil
    confirme = client.post(relire, vu(client.get(relire).content.decode()), follow=True)
    lu = texte(confirme.content.decode())
    assert "il en reste à corriger" in lu and "À corriger\u00a0: Le bulletin dit 110" in lu
    assert "Merci" not in lu
    corrige = client.post(page, envoi(paysage, "110", f"{octobre(paysage)[0].version}:120"), follow=True)
    assert "Octobre 2026 est déclaré" in texte(corrige.content.decode())


def test_neant_en_un_clic(paysage, invite):
    """Un bouton : 0 h pour chacun, le mois est reçu, le lien est usé."""
    reponse = invite.post(feuille(paysage), {"neant": "1"})
    assert reponse.url == feuille(paysage)
    assert [r.heures for r in octobre(paysage)] == [0]
    assert Declaration.objects.get(pk=paysage.declaration.pk).neant_le == timezone.now()
    assert "néant" in texte(invite.get(feuille(paysage)).content.decode())


def test_neant_se_refuse_quand_des_heures_sont_saisies(paysage, invite):
    invite.post(feuille(paysage), envoi(paysage, "120"))
    reponse = invite.post(feuille(paysage), {"neant": "1"})
    assert reponse.status_code == 422
    assert "120\u00a0h sont déjà saisies ce mois-ci\u00a0: ce n’est pas néant." in texte(reponse.content.decode())
    assert Declaration.objects.get(pk=paysage.declaration.pk).recue_le is None


@pytest.mark.parametrize(
    ("tape", "phrase"),
    [
        ("beaucoup", "«\u00a0beaucoup\u00a0» n’est pas un nombre d’heures."),
        ("-3", "négatif"),
        ("700", "220\u00a0h"),
    ],
)
def test_un_refus_se_lit_sur_sa_ligne_avec_ce_qui_etait_tape(paysage, invite, tape, phrase):
    """Rien n'est gardé de cette case, ce qui était tapé est encore là, le résumé y mène."""
    reponse = invite.post(feuille(paysage), envoi(paysage, tape))
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert f'name="h-{cle(paysage)}" value="{tape}"' in page
    assert f'href="#h-{cle(paysage)}"' in page
    assert phrase in texte(page)
    assert octobre(paysage) == []


def test_la_relecture_reclame_les_heures_qui_manquent(paysage, invite):
    """Sans les heures de quelqu'un, pas de bouton, et un envoi forcé se refuse."""
    page = invite.get(confirmer(paysage)).content.decode()
    assert f"{paysage.beneficiaire.nom_complet}\u00a0: écrivez leurs heures, ou 0." in texte(page)
    reponse = invite.post(confirmer(paysage), vu(page))
    assert reponse.status_code == 422
    assert "Il manque des heures\u00a0: écrivez celles de chaque personne, ou 0." in texte(reponse.content.decode())
    assert Declaration.objects.get(pk=paysage.declaration.pk).recue_le is None


def test_une_personne_qui_manque_deux_fois_se_dit_une_fois(paysage, invite):
    """Placée sur deux lots, elle est nommée une fois ; la seule action pleine ramène aux heures."""
    AffectationFactory(
        contrat=paysage.contrat, engagement=paysage.engagement_globalise, eligibilite=paysage.eligibilite
    )
    page = invite.get(confirmer(paysage)).content.decode()
    assert f"Il manque des heures {paysage.beneficiaire.nom_complet}\u00a0: écrivez" in texte(page)
    assert page.count("btn-primary") == 1 and 'btn-primary" type="submit"' not in page


def test_un_zero_tape_suffit(paysage, invite):
    invite.post(feuille(paysage), envoi(paysage, "0"))
    invite.post(confirmer(paysage), vu(invite.get(confirmer(paysage)).content.decode()))
    assert Declaration.objects.get(pk=paysage.declaration.pk).recue_le is not None


# Les liens qui n'ouvrent rien ----------------------------------------------------------------------------------------


def ouvrir_et_lire(client, adresse: str):
    reponse = client.get(adresse, follow=True)
    return reponse.status_code, texte(reponse.content.decode())


def rien_n_a_bouge(paysage) -> bool:
    return octobre(paysage) == [] and Declaration.objects.get(pk=paysage.declaration.pk).recue_le is None


def test_un_lien_altere_ne_s_ouvre_pas(paysage, client, caplog):
    """Un signe changé, un lien coupé, un identifiant deviné : la même phrase, une ligne au journal, sans le jeton."""
    jeton = paysage.jeton_declaration
    for faux in (jeton[:-1] + ("A" if jeton[-1] != "A" else "B"), jeton[:40], f"{paysage.lien.pk.hex}:rien", "zzz"):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            statut, lu = ouvrir_et_lire(client, entrer(paysage, faux))
        assert statut == 404
        assert "Ce lien n’est pas complet, ou a été modifié." in lu
        assert "Lien de déclaration refusé : lien_inconnu" in caplog.text
        assert faux not in caplog.text and jeton not in caplog.text
    assert client.get(feuille(paysage)).status_code == 404
    assert rien_n_a_bouge(paysage)


@pytest.mark.parametrize(
    ("change", "code", "phrase"),
    [
        ({"expire_le": date(2026, 11, 16)}, "lien_expire", "Ce lien n’est plus valable\u00a0: il a expiré."),
        ({"revoque_le": "2026-11-10T10:00:00+01:00"}, "lien_revoque", "Ce lien a été retiré"),
    ],
)
def test_un_lien_expire_ou_retire(paysage, invite, caplog, change, code, phrase):
    """Ni à l'entrée, ni pendant la saisie : la phrase, une ligne au journal, et rien ne bouge."""
    LienDeclaration.objects.filter(pk=paysage.lien.pk).update(**change)
    assert ouvrir_et_lire(Client(), entrer(paysage))[0] == 410
    for adresse, donnees in ((feuille(paysage), envoi(paysage, "120")), (confirmer(paysage), {"vu": "0-0-0"})):
        reponse = invite.post(adresse, donnees)
        assert reponse.status_code == 410
        assert phrase in texte(reponse.content.decode())
    assert caplog.text.count(f"refusée : {code}") == 2 and caplog.text.count(f"refusé : {code}") == 1
    assert rien_n_a_bouge(paysage)


def test_un_lien_deja_utilise(paysage, invite, caplog):
    """Il dit que le mois est reçu ; un second envoi ne change rien, et laisse une ligne au journal, qui ne nomme personne."""
    invite.post(feuille(paysage), {"neant": "1"})
    autre = Client()
    assert "Octobre 2026 est déclaré" in ouvrir_et_lire(autre, entrer(paysage))[1]
    Declaration.objects.filter(pk=paysage.declaration.pk).update(est_a_reprendre=True)
    [avant] = octobre(paysage)
    reponse = autre.post(feuille(paysage), envoi(paysage, "150", f"{avant.version}:0"))
    assert reponse.status_code == 422
    assert "Ce lien a déjà servi\u00a0: le mois est déclaré." in texte(reponse.content.decode())
    assert "Déclaration refusée : lien_utilise" in caplog.text
    assert not any(
        mot in caplog.text for mot in (paysage.beneficiaire.nom_naissance, "Vernay", "paie@", paysage.jeton_declaration)
    )
    assert [r.heures for r in octobre(paysage)] == [0]


def test_le_lien_d_une_autre_entreprise(paysage, caplog):
    """Connecté comme autre entreprise, acheteur ou prescripteur, le lien d'autrui ne s'ouvre pas."""
    for compte in (paysage.autre_compte_entreprise, paysage.compte_acheteur, paysage.compte_prescripteur):
        client = Client()
        client.force_login(compte)
        statut, lu = ouvrir_et_lire(client, entrer(paysage))
        assert statut == 403 and "Ce lien est celui d’une autre entreprise que la vôtre." in lu
        assert client.post(feuille(paysage), envoi(paysage, "120")).status_code == 404
    assert caplog.text.count("refusé : lien_etranger") == 3
    assert rien_n_a_bouge(paysage)


def test_un_lien_n_ecrit_que_son_mois_et_ses_personnes(paysage, invite):
    """Une case d'un autre mois, ou d'une personne qu'une autre emploie, n'existe pas ici."""
    septembre = f"{paysage.affectation.pk.hex}-t-202609"
    for etrangere in (septembre, "0" * 32 + "-t-202610"):
        reponse = invite.post(feuille(paysage), {f"h-{etrangere}": "100", f"lu-{etrangere}": "0:"})
        assert reponse.status_code == 404
    assert rien_n_a_bouge(paysage)


def test_ouvrir_le_lien_n_utilise_rien(paysage, client):
    """Un filtre de courriel qui visite l'adresse ne déclare rien, et le lien sert encore."""
    for _ in range(2):
        assert client.get(entrer(paysage)).status_code == 302
        assert client.get(feuille(paysage)).status_code == 200
    assert LienDeclaration.objects.get(pk=paysage.lien.pk).utilise_le is None
    assert client.post(entrer(paysage)).status_code == 405


def test_le_jeton_ne_reste_nulle_part(paysage, invite):
    """Ni dans l'adresse des pages, ni dans leur contenu, ni dans le journal des changements ; les pages ne s'indexent ni ne se gardent."""
    page = invite.get(feuille(paysage))
    assert paysage.jeton_declaration not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    invite.post(feuille(paysage), envoi(paysage, "120"))
    evenement = ReleveHeures.pgh_event_model.objects.filter(mois=OCTOBRE).latest("pgh_id")
    assert paysage.jeton_declaration not in str(evenement.pgh_context.metadata)
    assert jeton_de(paysage.lien) == paysage.jeton_declaration


# Deux à la fois ------------------------------------------------------------------------------------------------------


def test_par_lien_et_par_compte_a_la_fois(paysage, invite, client):
    """Chacun a la page ouverte ; le second lit ce que le premier a écrit, garde ce qu'il avait tapé, et rien n'est perdu."""
    client.force_login(paysage.compte_entreprise)
    du_compte = reverse("clauses:declaration_declarer", args=[paysage.declaration.pk])
    assert client.post(du_compte, envoi(paysage, "100")).status_code == 302
    reponse = invite.post(feuille(paysage), envoi(paysage, "120"))
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert "Quelqu’un d’autre vient d’enregistrer 100\u00a0h. Votre saisie est restée dans le champ" in texte(page)
    assert f'name="h-{cle(paysage)}" value="120"' in page
    assert [r.heures for r in octobre(paysage)] == [100]
    tel_quel = next(f.valeurs for f in formulaires(page) if f"h-{cle(paysage)}" in f.valeurs)
    assert invite.post(feuille(paysage), tel_quel).status_code == 302
    assert [r.heures for r in octobre(paysage)] == [120]


def test_confirme_par_compte_pendant_que_le_lien_relit(paysage, invite, client, caplog):
    """Le mois est reçu une seule fois ; le lien le dit, et ne change rien."""
    invite.post(feuille(paysage), envoi(paysage, "120"))
    relecture = vu(invite.get(confirmer(paysage)).content.decode())
    client.force_login(paysage.compte_entreprise)
    du_compte = reverse("clauses:declaration_confirmer", args=[paysage.declaration.pk])
    assert client.post(du_compte, vu(client.get(du_compte).content.decode())).status_code == 302
    reponse = invite.post(confirmer(paysage), relecture)
    assert reponse.status_code == 422
    assert "par un compte de l’entreprise. Rien n’a changé." in texte(reponse.content.decode())
    assert "deja_recue" in caplog.text
    declaration = Declaration.objects.get(pk=paysage.declaration.pk)
    assert (declaration.recue_par, declaration.recue_lien) == (paysage.compte_entreprise, None)


def test_des_heures_changees_depuis_la_relecture(paysage, invite, client):
    """On ne confirme que ce que l'on a lu."""
    invite.post(feuille(paysage), envoi(paysage, "120"))
    relecture = vu(invite.get(confirmer(paysage)).content.decode())
    client.force_login(paysage.compte_entreprise)
    du_compte = reverse("clauses:declaration_declarer", args=[paysage.declaration.pk])
    client.post(du_compte, envoi(paysage, "130", f"{octobre(paysage)[0].version}:120"))
    reponse = invite.post(confirmer(paysage), relecture)
    assert reponse.status_code == 422
    assert "Des heures ont changé depuis votre relecture" in texte(reponse.content.decode())
    assert Declaration.objects.get(pk=paysage.declaration.pk).recue_le is None


# Avec un compte ------------------------------------------------------------------------------------------------------


def test_l_accueil_de_l_entreprise_mene_a_la_declaration(paysage, client):
    """Les mois des trois derniers mois, leur état, le bouton ; les engagements avec leurs heures."""
    client.force_login(paysage.compte_entreprise)
    lu = texte(client.get(reverse("reporting:accueil")).content.decode())
    assert "Octobre 2026 à Maison de l’emploi du Confluent Résidence Les Peupliers En retard 10 novembre 2026" in lu
    assert "Déclarer octobre" in lu
    assert "Septembre 2026" in lu and "Verrouillée" in lu


def test_l_accueil_de_l_entreprise_n_a_qu_une_action_pleine(paysage, client):
    """Le plus ancien mois dû, ici octobre ; la grille a un bouton second."""
    client.force_login(paysage.compte_entreprise)
    page = client.get(reverse("reporting:accueil")).content.decode()
    assert page.count("btn-primary") == 1
    assert "Ouvrir la grille" in texte(page)


def test_les_requetes_ne_suivent_pas_les_personnes(paysage, client, nombre_de_requetes):
    """La feuille d'une personne et celle de douze demandent autant de requêtes."""
    from tests.fabriques import ContratFactory, EligibiliteFactory

    client.force_login(paysage.compte_entreprise)
    adresse = reverse("clauses:declaration_declarer", args=[paysage.declaration.pk])
    comptes = []
    for combien in (0, 11):
        for _ in range(combien):
            contrat = ContratFactory(employeur=paysage.entreprise, beneficiaire__structure=paysage.structure)
            eligibilite = EligibiliteFactory(
                beneficiaire=contrat.beneficiaire, operation=paysage.operation, regle=paysage.regle
            )
            AffectationFactory(contrat=contrat, engagement=paysage.engagement, eligibilite=eligibilite)
        with nombre_de_requetes() as requetes:
            assert client.get(adresse).status_code == 200
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]
