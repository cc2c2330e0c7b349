// The bundle is the whole page.
