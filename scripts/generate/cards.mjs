import { actionCards } from '../../dist/src/actions/cards.js';
import { RUN_SCHEMA } from '../../dist/src/sekoia/run-payload.js';
import { triggerCards } from '../../dist/src/settings/cards.js';
import { moduleSettings } from '../../dist/src/settings/definition.js';
import { schemaOf } from '../../dist/src/settings/schema.js';

const DRAFT = { $schema: 'http://json-schema.org/draft-07/schema#' };

/**
 * As Python's `json.dumps(card, indent=2)` writes it, which the linter of Sekoia's library demands: no final line
 * break, and characters beyond ASCII escaped.
 */
const cardText = (card) =>
  JSON.stringify(card, null, 2).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function cardOf({ command, uuid, name, description, title, settings }) {
  return { uuid, name, description, docker_parameters: command, arguments: schemaOf(title, settings) };
}

const actionCard = ({ results, outputs, ...definition }) => ({
  ...cardOf(definition),
  slug: definition.command,
  results: { ...DRAFT, ...results },
  outputs,
});

/**
 * The cards of the playbook editor by their file names. A connector has no `results`: nothing follows it in a playbook.
 */
export function cards() {
  const actions = actionCards.map((card) => [`action_${card.command}.json`, cardText(actionCard(card))]);
  const triggers = triggerCards.flatMap((definition) => {
    const card = cardOf(definition);
    return [
      [`trigger_${definition.command}.json`, cardText({ ...card, results: { ...DRAFT, ...RUN_SCHEMA } })],
      [`connector_${definition.command}.json`, cardText(card)],
    ];
  });
  return [...triggers, ...actions];
}

/** Its version and the connected account are generated: the rest is written by hand. */
export function manifest(present, version) {
  const configuration = schemaOf(present.configuration.title, moduleSettings);
  return cardText({ ...present, version, configuration, supports_validation: true });
}
