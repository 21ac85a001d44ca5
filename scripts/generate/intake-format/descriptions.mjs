/** What happened to the message, by status. Others are named as they are. */
const ENDINGS = {
  Delivered: 'delivered',
  Expanded: 'expanded to the members of a group',
  Failed: 'not delivered',
  FilteredAsSpam: 'filtered as spam',
  GettingStatus: 'on its way',
  Pending: 'on its way',
  Quarantined: 'quarantined',
  Recalled: 'recalled by its sender',
  Resolved: 'redirected to another recipient',
};

const SENDER = { field: 'email.from.address' };
const RECIPIENT = { field: 'email.to.address' };
const SUBJECT = { field: 'email.subject' };
const STATUS = { field: 'event.action' };

const SENT = { source: SENDER.field, target: RECIPIENT.field, type: 'sent a message to' };

/** Sekoia.io takes the one with most conditions of those that hold. */
function description(hasSender, hasSubject, [status, ending]) {
  const what = hasSubject ? ' “{email.subject}”' : ' a message';
  const beginning = hasSender ? `{email.from.address} sent${what}` : `Bounce${hasSubject ? what : ''}`;
  return {
    value: `${beginning} to {email.to.address}: ${ending}`,
    conditions: [
      ...(hasSender ? [SENDER] : []),
      RECIPIENT,
      ...(hasSubject ? [SUBJECT] : []),
      status === undefined ? STATUS : { ...STATUS, value: status },
      // A known status counts for more than that there is one.
      ...(status === undefined ? [] : [{ field: 'event.outcome' }]),
    ],
    ...(hasSender ? { relationships: [SENT] } : {}),
  };
}

/** _meta/smart-descriptions.json */
export function smartDescriptions() {
  const endings = [...Object.entries(ENDINGS), [undefined, '{event.action}']];
  const forms = [true, false].flatMap((hasSender) => [true, false].map((hasSubject) => [hasSender, hasSubject]));
  return [
    ...forms.flatMap((form) => endings.map((ending) => description(...form, ending))),
    { value: 'Message trace without a recipient or a status', conditions: [{ field: 'event.category' }] },
  ];
}
