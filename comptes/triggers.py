"""Les triggers d'une application entière, posés en une fois par sa première migration."""


def poser_triggers(application: str, apps, schema_editor) -> None:
    """Pose ceux que l'état de la migration décrit pour cette application (ils gardent l'histoire de chaque ligne).

    Une opération par trigger (`AddTrigger`) ferait recalculer l'état de toutes les applications à chacune : le premier départ y
    passerait la moitié de son temps.
    """
    for modele in apps.get_app_config(application).get_models():
        for trigger in getattr(modele._meta, "triggers", []):
            schema_editor.execute(trigger.install_sql, params=None)
