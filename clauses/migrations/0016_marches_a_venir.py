"""Les marchés à venir d’un acheteur, l’avis de son facilitateur et leur fil."""

import beneficiaires.models.champs
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from comptes.ensemble import Ensemble


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0015_chaine_de_confirmation'),
        ('comptes', '0003_coordination'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Ensemble([
            migrations.CreateModel(
                name='AvisFacilitateur',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('dispositif', models.CharField(choices=[('execution', 'Clause d’exécution'), ('execution_critere', 'Clause d’exécution, et critère d’attribution'), ('critere', 'Critère d’attribution seul'), ('reserve_siae', 'Réservation aux SIAE'), ('reserve_ea_esat', 'Réservation aux EA et ESAT'), ('reserve_mixte', 'Réservation aux SIAE, EA et ESAT'), ('reserve_ess', 'Réservation à l’économie sociale et solidaire'), ('services_insertion', 'Marché de services d’insertion'), ('formation', 'Clause de formation ou de stage'), ('volontaire', 'Clause volontaire'), ('aucune', 'Pas de clause d’heures')], max_length=20, verbose_name='dispositif')),
                    ('heures', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='heures proposées')),
                    ('texte', models.TextField(max_length=4000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='votre avis')),
                    ('le', models.DateTimeField()),
                    ('par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'avis du facilitateur',
                    'ordering': ['-le'],
                },
            ),
            migrations.CreateModel(
                name='MessageProjet',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('texte', models.TextField(max_length=2000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                    ('auteur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                ],
                options={
                    'verbose_name': 'message d’un marché à venir',
                    'ordering': ['le'],
                },
            ),
            migrations.CreateModel(
                name='ProjetMarche',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('objet', models.CharField(max_length=300, validators=[beneficiaires.models.champs.sans_nir], verbose_name='objet')),
                    ('ccag', models.CharField(choices=[('travaux', 'Travaux'), ('moe', 'Maîtrise d’œuvre'), ('fcs', 'Fournitures courantes et services'), ('mi', 'Marchés industriels'), ('pi', 'Prestations intellectuelles'), ('tic', 'Techniques de l’information et de la communication'), ('aucun', 'Pas de CCAG')], default='travaux', max_length=8, verbose_name='CCAG')),
                    ('nature', models.CharField(choices=[('travaux', 'Travaux'), ('services', 'Services'), ('fournitures', 'Fournitures')], max_length=12, verbose_name='nature')),
                    ('code_cpv', models.CharField(blank=True, max_length=10, verbose_name='code CPV')),
                    ('montant_ht_euros', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='montant estimé')),
                    ('duree_mois', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='durée, en mois')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('lots_envisages', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='lots envisagés')),
                    ('publication_prevue', models.DateField(blank=True, null=True, verbose_name='publication prévue')),
                    ('question', models.TextField(max_length=2000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='votre question')),
                    ('calibrage', models.JSONField(blank=True, default=dict)),
                    ('attente', models.CharField(blank=True, choices=[('facilitateur', 'Le facilitateur'), ('acheteur', 'L’acheteur')], editable=False, max_length=12)),
                    ('attente_depuis', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('demande_le', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='avis demandé le')),
                    ('publie_le', models.DateField(blank=True, null=True, verbose_name='publié le')),
                    ('abandonne_le', models.DateField(blank=True, editable=False, null=True, verbose_name='abandonné le')),
                    ('cree_le', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('acheteur', models.ForeignKey(limit_choices_to={'profil': 'acheteur'}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                    ('cree_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('operation', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='projet', to='clauses.operation')),
                    ('structure', models.ForeignKey(limit_choices_to={'profil': 'facilitateur'}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation', verbose_name='facilitateur')),
                ],
                options={
                    'verbose_name': 'marché à venir',
                    'verbose_name_plural': 'marchés à venir',
                    'ordering': ['-cree_le'],
                },
            ),
            migrations.CreateModel(
                name='MessageProjetEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('texte', models.TextField(max_length=2000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                    ('auteur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.messageprojet')),
                    ('projet', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.projetmarche')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        Ensemble([
            migrations.AddField(
                model_name='messageprojet',
                name='projet',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='clauses.projetmarche'),
            ),
            migrations.CreateModel(
                name='AvisFacilitateurEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('dispositif', models.CharField(choices=[('execution', 'Clause d’exécution'), ('execution_critere', 'Clause d’exécution, et critère d’attribution'), ('critere', 'Critère d’attribution seul'), ('reserve_siae', 'Réservation aux SIAE'), ('reserve_ea_esat', 'Réservation aux EA et ESAT'), ('reserve_mixte', 'Réservation aux SIAE, EA et ESAT'), ('reserve_ess', 'Réservation à l’économie sociale et solidaire'), ('services_insertion', 'Marché de services d’insertion'), ('formation', 'Clause de formation ou de stage'), ('volontaire', 'Clause volontaire'), ('aucune', 'Pas de clause d’heures')], max_length=20, verbose_name='dispositif')),
                    ('heures', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='heures proposées')),
                    ('texte', models.TextField(max_length=4000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='votre avis')),
                    ('le', models.DateTimeField()),
                    ('par', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.avisfacilitateur')),
                    ('projet', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.projetmarche')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddField(
                model_name='avisfacilitateur',
                name='projet',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='avis', to='clauses.projetmarche'),
            ),
            migrations.CreateModel(
                name='ProjetMarcheEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('objet', models.CharField(max_length=300, validators=[beneficiaires.models.champs.sans_nir], verbose_name='objet')),
                    ('ccag', models.CharField(choices=[('travaux', 'Travaux'), ('moe', 'Maîtrise d’œuvre'), ('fcs', 'Fournitures courantes et services'), ('mi', 'Marchés industriels'), ('pi', 'Prestations intellectuelles'), ('tic', 'Techniques de l’information et de la communication'), ('aucun', 'Pas de CCAG')], default='travaux', max_length=8, verbose_name='CCAG')),
                    ('nature', models.CharField(choices=[('travaux', 'Travaux'), ('services', 'Services'), ('fournitures', 'Fournitures')], max_length=12, verbose_name='nature')),
                    ('code_cpv', models.CharField(blank=True, max_length=10, verbose_name='code CPV')),
                    ('montant_ht_euros', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='montant estimé')),
                    ('duree_mois', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)], verbose_name='durée, en mois')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('lots_envisages', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='lots envisagés')),
                    ('publication_prevue', models.DateField(blank=True, null=True, verbose_name='publication prévue')),
                    ('question', models.TextField(max_length=2000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='votre question')),
                    ('calibrage', models.JSONField(blank=True, default=dict)),
                    ('attente', models.CharField(blank=True, choices=[('facilitateur', 'Le facilitateur'), ('acheteur', 'L’acheteur')], editable=False, max_length=12)),
                    ('attente_depuis', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('demande_le', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='avis demandé le')),
                    ('publie_le', models.DateField(blank=True, null=True, verbose_name='publié le')),
                    ('abandonne_le', models.DateField(blank=True, editable=False, null=True, verbose_name='abandonné le')),
                    ('cree_le', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('acheteur', models.ForeignKey(db_constraint=False, limit_choices_to={'profil': 'acheteur'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('cree_par', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('operation', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.operation')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.projetmarche')),
                    ('structure', models.ForeignKey(db_constraint=False, limit_choices_to={'profil': 'facilitateur'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation', verbose_name='facilitateur')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddIndex(
                model_name='projetmarche',
                index=models.Index(fields=['acheteur', '-cree_le'], name='projet_acheteur'),
            ),
            migrations.AddIndex(
                model_name='projetmarche',
                index=models.Index(fields=['structure', 'attente', 'attente_depuis'], name='projet_attente'),
            ),
            migrations.AddConstraint(
                model_name='projetmarche',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('attente', ''), ('attente_depuis__isnull', True)), models.Q(models.Q(('attente', ''), _negated=True), ('attente_depuis__isnull', False), ('demande_le__isnull', False)), _connector='OR'), name='projet_attente_datee', violation_error_message='Une réponse attendue dit depuis quand.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='projetmarche',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_projetmarcheevent" ("abandonne_le", "acheteur_id", "attente", "attente_depuis", "calibrage", "ccag", "code_cpv", "commune", "cree_le", "cree_par_id", "demande_le", "duree_mois", "id", "lots_envisages", "montant_ht_euros", "nature", "objet", "operation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_prevue", "publie_le", "question", "structure_id") VALUES (NEW."abandonne_le", NEW."acheteur_id", NEW."attente", NEW."attente_depuis", NEW."calibrage", NEW."ccag", NEW."code_cpv", NEW."commune", NEW."cree_le", NEW."cree_par_id", NEW."demande_le", NEW."duree_mois", NEW."id", NEW."lots_envisages", NEW."montant_ht_euros", NEW."nature", NEW."objet", NEW."operation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."publication_prevue", NEW."publie_le", NEW."question", NEW."structure_id"); RETURN NULL;', hash='6a547315bb8cb11c3128e1c58b7e604b01e7cef1', operation='INSERT', pgid='pgtrigger_insert_insert_d504a', table='clauses_projetmarche', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='projetmarche',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_projetmarcheevent" ("abandonne_le", "acheteur_id", "attente", "attente_depuis", "calibrage", "ccag", "code_cpv", "commune", "cree_le", "cree_par_id", "demande_le", "duree_mois", "id", "lots_envisages", "montant_ht_euros", "nature", "objet", "operation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_prevue", "publie_le", "question", "structure_id") VALUES (NEW."abandonne_le", NEW."acheteur_id", NEW."attente", NEW."attente_depuis", NEW."calibrage", NEW."ccag", NEW."code_cpv", NEW."commune", NEW."cree_le", NEW."cree_par_id", NEW."demande_le", NEW."duree_mois", NEW."id", NEW."lots_envisages", NEW."montant_ht_euros", NEW."nature", NEW."objet", NEW."operation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publication_prevue", NEW."publie_le", NEW."question", NEW."structure_id"); RETURN NULL;', hash='fbcd26e58d6191de99b7f5f4e1368aae4f9c7e25', operation='UPDATE', pgid='pgtrigger_update_update_f9898', table='clauses_projetmarche', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='projetmarche',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_projetmarcheevent" ("abandonne_le", "acheteur_id", "attente", "attente_depuis", "calibrage", "ccag", "code_cpv", "commune", "cree_le", "cree_par_id", "demande_le", "duree_mois", "id", "lots_envisages", "montant_ht_euros", "nature", "objet", "operation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_prevue", "publie_le", "question", "structure_id") VALUES (OLD."abandonne_le", OLD."acheteur_id", OLD."attente", OLD."attente_depuis", OLD."calibrage", OLD."ccag", OLD."code_cpv", OLD."commune", OLD."cree_le", OLD."cree_par_id", OLD."demande_le", OLD."duree_mois", OLD."id", OLD."lots_envisages", OLD."montant_ht_euros", OLD."nature", OLD."objet", OLD."operation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."publication_prevue", OLD."publie_le", OLD."question", OLD."structure_id"); RETURN NULL;', hash='f8bb43d9e8acdf5bbb425bfddb702cc0dcb801bd', operation='DELETE', pgid='pgtrigger_delete_delete_f762a', table='clauses_projetmarche', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messageprojet',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messageprojetevent" ("auteur_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (NEW."auteur_id", NEW."id", NEW."le", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."projet_id", NEW."texte"); RETURN NULL;', hash='83d2148677cddcbfd6e5bef9d26079d60b8fb9ad', operation='INSERT', pgid='pgtrigger_insert_insert_c59bc', table='clauses_messageprojet', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messageprojet',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_messageprojetevent" ("auteur_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (NEW."auteur_id", NEW."id", NEW."le", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."projet_id", NEW."texte"); RETURN NULL;', hash='97a027736b1d20002863f5cab265c01e724beea0', operation='UPDATE', pgid='pgtrigger_update_update_bf761', table='clauses_messageprojet', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messageprojet',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messageprojetevent" ("auteur_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (OLD."auteur_id", OLD."id", OLD."le", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."projet_id", OLD."texte"); RETURN NULL;', hash='d2c58b4b2664e3a9333e898f28b21394d9bf715d', operation='DELETE', pgid='pgtrigger_delete_delete_d1239', table='clauses_messageprojet', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='avisfacilitateur',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_avisfacilitateurevent" ("dispositif", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (NEW."dispositif", NEW."heures", NEW."id", NEW."le", NEW."par_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."projet_id", NEW."texte"); RETURN NULL;', hash='ef857005b080fd1777b82b31b49e5558370b8bfa', operation='INSERT', pgid='pgtrigger_insert_insert_81d2b', table='clauses_avisfacilitateur', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='avisfacilitateur',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_avisfacilitateurevent" ("dispositif", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (NEW."dispositif", NEW."heures", NEW."id", NEW."le", NEW."par_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."projet_id", NEW."texte"); RETURN NULL;', hash='ed35e59bdd095bdfebfa4cbd8621329ba73fc059', operation='UPDATE', pgid='pgtrigger_update_update_dcb2e', table='clauses_avisfacilitateur', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='avisfacilitateur',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_avisfacilitateurevent" ("dispositif", "heures", "id", "le", "par_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "projet_id", "texte") VALUES (OLD."dispositif", OLD."heures", OLD."id", OLD."le", OLD."par_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."projet_id", OLD."texte"); RETURN NULL;', hash='17923141a24e77197ed53a8a6c68e4b883e8b205', operation='DELETE', pgid='pgtrigger_delete_delete_f8979', table='clauses_avisfacilitateur', when='AFTER')),
            ),
        ]),
    ]
