// The process in which the cost of the streams is measured.
import { serve } from './child.js';
import { streamCost } from './stream-cost.js';

serve(async settings => ({ cost: () => streamCost(settings) }));
