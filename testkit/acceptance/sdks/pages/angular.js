// A single-page app with auth0-angular, as its documentation shows it, compiled
// in the browser.
import '@angular/compiler';
import { ChangeDetectorRef, Component, inject, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter } from '@angular/router';
import { AuthService, provideAuth0 } from '@auth0/auth0-angular';
import { combineLatest, firstValueFrom } from 'rxjs';

class Who {
  says = '…';

  constructor() {
    const auth = inject(AuthService);
    const changes = inject(ChangeDetectorRef);
    window.client = Object.fromEntries(['loginWithRedirect', 'loginWithPopup', 'getAccessTokenSilently', 'logout']
      .map((method) => [method, (...args) => firstValueFrom(auth[method](...args), { defaultValue: undefined })]));
    combineLatest([auth.isLoading$, auth.user$]).subscribe(([loading, user]) => {
      window.user = user;
      this.says = loading ? '…' : user ? `Hello ${user.name}` : 'Nobody is here';
      changes.markForCheck();
    });
    auth.error$.subscribe((error) => { this.says = error.message; changes.markForCheck(); });
  }
}
Component({ selector: 'app-who', standalone: true, template: '<p>{{ says }}</p>' })(Who);

if (window.settings && window.parent === window && !window.opener) {
  document.getElementById('app').append(document.createElement('app-who'));
  bootstrapApplication(Who, { providers: [provideZonelessChangeDetection(), provideRouter([]), provideAuth0(window.settings)] })
    .catch((error) => { throw error; });
}
