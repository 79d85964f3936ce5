export * from '../../../server/health';
