import { Route, Router, Switch } from 'wouter';
import { ConfirmDialog } from './parts/confirm-dialog.js';
import { ShownLocation, useGuardedLocation, useShownLocation } from './shell/location.js';
import { Shell } from './shell/shell.js';
import { LibraryView } from './views/library/library-view.js';
import { UnknownAddress } from './views/library/unknown-address.js';
import { PlaybookView } from './views/playbook/playbook-view.js';

/** `#/` is the library, `#/playbooks/:id/:tab?` a playbook. */
export function App() {
  const { shown, asking, leave, stay } = useGuardedLocation();
  return (
    <ShownLocation value={shown}>
      <Router hook={useShownLocation}>
        <Shell>
          <Switch>
            <Route path="/">
              <LibraryView />
            </Route>
            <Route path="/playbooks/:id/:tab?">{({ id, tab }) => <PlaybookView key={id} id={id} tab={tab} />}</Route>
            <Route>
              <UnknownAddress title="There is no such page" />
            </Route>
          </Switch>
        </Shell>
        <ConfirmDialog
          open={asking}
          title="Leave without saving?"
          confirmLabel="Leave without saving"
          cancelLabel="Stay here"
          danger
          onConfirm={leave}
          onCancel={stay}
        >
          What you changed in the configuration has not been saved, and will be lost.
        </ConfirmDialog>
      </Router>
    </ShownLocation>
  );
}
