'use client';
import { useEffect } from 'react';
import * as Sentry from '@sentry/nextjs';

export function Tracker() {
  useEffect(() => {
    Sentry.init({ dsn: process.env.NEXT_PUBLIC_SENTRY_DSN });
  }, []);
  return <button onClick={() => Sentry.captureMessage('asked for help')}>Help</button>;
}
