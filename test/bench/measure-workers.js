// The process in which the tuner's workers are measured.
import { serve } from './child.js';

serve(async ({ what, file }) => {
  const { [what]: measure } = await import(`./${file}`);
  return { measure };
});
