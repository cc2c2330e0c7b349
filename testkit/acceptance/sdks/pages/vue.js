// A single-page app with auth0-vue, as its documentation shows it.
import { createApp, h, watchEffect } from 'vue';
import { createAuth0, useAuth0 } from '@auth0/auth0-vue';

const Who = {
  setup() {
    const auth = useAuth0();
    window.client = auth;
    watchEffect(() => { window.user = auth.user.value && { ...auth.user.value }; });
    return () => h('p', auth.isLoading.value ? '…' : auth.error.value?.message
      ?? (auth.isAuthenticated.value ? `Hello ${auth.user.value.name}` : 'Nobody is here'));
  },
};

if (window.settings && window.parent === window && !window.opener) {
  createApp(Who).use(createAuth0(window.settings)).mount('#app');
}
