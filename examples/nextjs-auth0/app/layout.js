import './style.css';

export const metadata = { title: 'nextjs-auth0', icons: { icon: 'data:,' } };

export default function Layout({ children }) {
  return <html lang="en"><body><main>{children}</main></body></html>;
}
