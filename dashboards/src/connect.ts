/** How this page comes to its study: from a server. The page of a report has another file in place of this one (`connect-report.ts`). */
export { connection as connect } from './connection.js';
